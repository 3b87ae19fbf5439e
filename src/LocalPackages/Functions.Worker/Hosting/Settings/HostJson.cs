using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Microsoft.Azure.Functions.Worker.Hosting.Settings;

/// <summary>
/// host.json as configuration below AzureFunctionsJobHost, so that the environment variables of the published host
/// (AzureFunctionsJobHost__extensions__queues__batchSize) override it.
/// </summary>
internal static class HostJson
{
    private const string Root = "AzureFunctionsJobHost";

    public static void AddTo(ConfigurationManager configuration, string directory)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            // a line per request costs more than the request
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
            ["Logging:Console:LogLevel:Microsoft.AspNetCore"] = "Warning",
        };
        foreach (var (key, value) in Read(Path.Combine(directory, "host.json")))
        {
            values[$"{Root}:{key}"] = value;
            if (key.StartsWith("logging:logLevel:", StringComparison.OrdinalIgnoreCase))
            {
                // the host filters what it shows; a logger provider of the app sees everything
                values["Logging:Console:LogLevel:" + key["logging:logLevel:".Length..]] = value;
            }
        }

        ((IConfigurationBuilder)configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = values });
    }

    public static string? Text(IConfiguration configuration, string key) => configuration[$"{Root}:{key}"];

    public static int Number(IConfiguration configuration, string key, int fallback, int least, int most)
    {
        if (Text(configuration, key) is not { } text)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, text, $"a number from {least} to {most}");
    }

    public static TimeSpan Span(IConfiguration configuration, string key, TimeSpan fallback)
    {
        if (Text(configuration, key) is not { } text)
        {
            return fallback;
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span >= TimeSpan.Zero
            ? span
            : throw Wrong(key, text, "a time such as 00:00:05");
    }

    public static InvalidOperationException Wrong(string key, string text, string expected) =>
        new($"host.json: {key.Replace(':', '.')} is \"{text}\", expected {expected}.");

    private static IEnumerable<KeyValuePair<string, string?>> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return new ConfigurationBuilder().AddJsonFile(path, optional: false, reloadOnChange: false).Build().AsEnumerable().Where(v => v.Value is not null);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidOperationException($"{path} is not valid JSON: {e.InnerException?.Message ?? e.Message}", e);
        }
    }
}
