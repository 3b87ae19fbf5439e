using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Hosting.Settings;

/// <summary>Where to listen: --port, --urls or ASPNETCORE_URLS, the port of local.settings.json, else 7071.</summary>
internal static class LaunchArguments
{
    public static string[] WithoutPort(string[] args, out string? port)
    {
        port = null;
        var rest = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith("--port=", StringComparison.Ordinal))
            {
                port = args[i]["--port=".Length..];
            }
            else if (args[i] is "--port" or "-p" && i + 1 < args.Length)
            {
                port = args[++i];
            }
            else
            {
                rest.Add(args[i]);
            }
        }

        return [.. rest];
    }

    public static string? Url(IConfiguration configuration, string? port, int? settingsPort)
    {
        if (port is not null)
        {
            return ushort.TryParse(port, out var number) ? Local(number) : throw new InvalidOperationException($"--port {port} is not a port number.");
        }

        var chosen = configuration["urls"] ?? configuration["http_ports"] ?? configuration["https_ports"];
        return chosen is { Length: > 0 } || configuration.GetSection("Kestrel:Endpoints").Exists() ? null : Local(settingsPort ?? 7071);
    }

    private static string Local(int port) => $"http://127.0.0.1:{port}";
}
