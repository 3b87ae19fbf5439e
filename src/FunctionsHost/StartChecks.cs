using System.Net.Sockets;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace FunctionsHost;

/// <summary>Finds the faults of a machine before anything runs, where the libraries would report them late or at length.</summary>
internal static class StartChecks
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public static StartException PortInUse(string url) => new($"The address {url} is in use by another process: stop that process or give another port with --port.");

    /// <summary>A host that finds its port taken only at the end of its start has already taken messages.</summary>
    public static async Task RequireFreePortAsync(string url, CancellationToken ct)
    {
        var address = BindingAddress.Parse(url.Split(';')[0]);
        if (await AnswersAsync(address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host, address.Port, ct))
        {
            throw PortInUse(url);
        }
    }

    public static async Task RequireStorageAsync(HostParts parts, CancellationToken ct)
    {
        foreach (var (service, address) in parts.HasJobs || parts.HasTimers ? Services(parts.Settings.Connection(null)) : [])
        {
            if (!await AnswersAsync(address.Host, address.Port, ct))
            {
                throw new StartException($"Nothing answers at {address.Host}:{address.Port}, the {service} service of AzureWebJobsStorage: start Azurite or correct the connection string.");
            }
        }
    }

    private static (string Service, Uri Address)[] Services(string connection)
    {
        try
        {
            return [("blob", new BlobServiceClient(connection).Uri), ("queue", new QueueServiceClient(connection).Uri), ("table", new TableServiceClient(connection).Uri)];
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new StartException("AzureWebJobsStorage is not the connection string of a storage account: give one, such as UseDevelopmentStorage=true for Azurite.");
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
