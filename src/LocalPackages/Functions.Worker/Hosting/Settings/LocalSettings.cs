using System.Text.Json;

namespace Microsoft.Azure.Functions.Worker.Hosting.Settings;

/// <summary>What the Host section of local.settings.json says.</summary>
/// <param name="Port">LocalHttpPort.</param>
/// <param name="Cors">Origins with commas between, or *.</param>
/// <param name="CorsCredentials">Whether they may send cookies.</param>
internal sealed record LocalHost(int? Port = null, string? Cors = null, bool CorsCredentials = false);

/// <summary>local.settings.json: its Values become environment variables where none of that name is set.</summary>
internal static class LocalSettings
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static LocalHost Apply(string directory)
    {
        var path = Path.Combine(directory, "local.settings.json");
        if (!File.Exists(path))
        {
            return new LocalHost();
        }

        using var file = Parse(path);
        var root = file.RootElement;
        if (root.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
        {
            throw new InvalidOperationException($"{path} is encrypted. Decrypt it first (func settings decrypt).");
        }

        SetAll(root, "Values", prefix: "");
        SetAll(root, "ConnectionStrings", prefix: "ConnectionStrings__");
        return root.TryGetProperty("Host", out var host) ? HostOf(host) : new LocalHost();
    }

    private static LocalHost HostOf(JsonElement host) => new(
        host.TryGetProperty("LocalHttpPort", out var port) ? port.GetInt32() : null,
        host.TryGetProperty("CORS", out var cors) ? cors.ToString() : null,
        host.TryGetProperty("CORSCredentials", out var credentials) && bool.TryParse(credentials.ToString(), out var allowed) && allowed);

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(path), Lenient);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{path} is not valid JSON: {e.Message}", e);
        }
    }

    private static void SetAll(JsonElement root, string section, string prefix)
    {
        if (!root.TryGetProperty(section, out var values) || values.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var value in values.EnumerateObject())
        {
            var name = prefix + value.Name.Replace(":", "__", StringComparison.Ordinal);
            if (Environment.GetEnvironmentVariable(name) is null)
            {
                Environment.SetEnvironmentVariable(name, value.Value.ToString());
            }
        }
    }
}
