namespace Azure.Storage.Queues.Wire;

/// <summary>Where the queue service is and what opens it, read from a connection string.</summary>
internal sealed record StorageAccount(Uri Endpoint, string Name, byte[]? Key, string? Sas)
{
    // the storage emulator's published account, the same on every machine
    private const string EmulatorName = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public static StorageAccount Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var settings = Split(connectionString);
        if (settings.TryGetValue("UseDevelopmentStorage", out var emulator))
        {
            return emulator.Equals("true", StringComparison.OrdinalIgnoreCase) ? Emulator(settings) : throw Malformed();
        }

        settings.TryGetValue("AccountName", out var name);
        settings.TryGetValue("AccountKey", out var key);
        settings.TryGetValue("SharedAccessSignature", out var sas);
        var endpoint = EndpointIn(settings, name);
        if (name is null && key is not null)
        {
            throw Malformed();
        }

        return new(endpoint, name ?? AccountIn(endpoint), key is null ? null : Convert.FromBase64String(key), sas?.TrimStart('?'));
    }

    private static StorageAccount Emulator(Dictionary<string, string> settings)
    {
        var proxy = settings.TryGetValue("DevelopmentStorageProxyUri", out var uri) ? new Uri(uri) : new Uri("http://127.0.0.1");
        return new(new Uri($"{proxy.Scheme}://{proxy.Host}:10001/{EmulatorName}"), EmulatorName, Convert.FromBase64String(EmulatorKey), null);
    }

    private static Uri EndpointIn(Dictionary<string, string> settings, string? name)
    {
        if (settings.TryGetValue("QueueEndpoint", out var endpoint))
        {
            return new Uri(endpoint.TrimEnd('/'));
        }

        var scheme = settings.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        var suffix = settings.GetValueOrDefault("EndpointSuffix", "core.windows.net");
        return name is null ? throw Malformed() : new Uri($"{scheme}://{name}.queue.{suffix}");
    }

    private static string AccountIn(Uri endpoint) =>
        endpoint.AbsolutePath.Trim('/') is { Length: > 0 } path ? path.Split('/')[0] : endpoint.Host.Split('.')[0];

    private static Dictionary<string, string> Split(string text)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !settings.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim()))
            {
                throw Malformed();
            }
        }

        return settings;
    }

    private static FormatException Malformed() => new("Settings must be of the form \"name=value\" and describe a storage account.");
}
