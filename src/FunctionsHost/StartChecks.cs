namespace FunctionsHost;

/// <summary>Finds the faults of a machine before anything runs, where the libraries would report them late or at length.</summary>
internal static class StartChecks
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public static StartException PortInUse(HostSettings settings) =>
        new($"The address {settings.Url} is in use by another process: stop that process or give another port with --port.");

    /// <summary>A host that finds its port taken only at the end of its start has already taken messages.</summary>
    public static async Task RequireFreePortAsync(HostSettings settings, CancellationToken ct)
    {
        var (host, port) = (settings.Address.Host, settings.Address.Port);
        if (await AnswersAsync(host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : host, port, ct))
        {
            throw PortInUse(settings);
        }
    }

    public static async Task RequireStorageAsync(HostSettings settings, CancellationToken ct)
    {
        var storage = settings.Connection(null);
        Uri[] services;
        try
        {
            services = [new BlobServiceClient(storage).Uri, new QueueServiceClient(storage).Uri, new TableServiceClient(storage).Uri];
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new StartException(
                "AzureWebJobsStorage is not the connection string of a storage account: give one, such as UseDevelopmentStorage=true.");
        }

        foreach (var (service, name) in services.Zip(["blob", "queue", "table"]))
        {
            if (!await AnswersAsync(service.Host, service.Port, ct))
            {
                throw new StartException(
                    $"Nothing answers at {service.Host}:{service.Port}, the {name} service of AzureWebJobsStorage: " +
                    "start Azurite or correct the connection string.");
            }
        }
    }

    private static async Task<bool> AnswersAsync(string host, int port, CancellationToken ct)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, ct).AsTask().WaitAsync(AnswerLimit, TimeProvider.System, ct);
            return true;
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return false;
        }
    }
}
