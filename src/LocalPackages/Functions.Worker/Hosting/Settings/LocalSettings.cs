using System.Text.Json;

namespace Microsoft.Azure.Functions.Worker.Hosting.Settings;

/// <summary>local.settings.json: its Values become environment variables where none of that name is set.</summary>
internal static class LocalSettings
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <returns>The port of the file's Host section, if it has one.</returns>
    public static int? Apply(string directory)
    {
        var path = Path.Combine(directory, "local.settings.json");
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = Parse(path);
        var root = file.RootElement;
        if (root.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
        {
            throw new InvalidOperationException($"{path} is encrypted. Decrypt it first (func settings decrypt).");
        }

        SetAll(root, "Values", prefix: "");
        SetAll(root, "ConnectionStrings", prefix: "ConnectionStrings__");
        return root.TryGetProperty("Host", out var host) && host.TryGetProperty("LocalHttpPort", out var port) ? port.GetInt32() : null;
    }

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
