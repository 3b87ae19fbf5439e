using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.DevHost.Services;

/// <summary>How an Azurite should run.</summary>
public sealed record AzuriteOptions
{
    /// <summary>The folder to keep everything in; null keeps it in memory, for tests.</summary>
    public string? Folder { get; init; }

    /// <summary>The usual ports (10000 to 10002) if they are free; otherwise, and without this, any.</summary>
    public bool WantUsualPorts { get; init; }

    /// <summary>Storage accounts besides the well-known one; each has its own queues.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];
}

/// <summary>Azure Storage on this machine, ended with this process.</summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    /// <summary>The account and key that every Azurite has; they are public.</summary>
    private const string WellKnownAccount = "devstoreaccount1";

    private const string WellKnownKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(30);

    private static readonly int[] UsualPorts = [10000, 10001, 10002];
    private static readonly int[] AnyPorts = [0, 0, 0];
    private static readonly string[] Services = ["Blob", "Queue", "Table"];

    private readonly Func<int[], ProcessSpec> spec;
    private GuardedProcess process;
    private int[] ports = [];

    private AzuriteServer(Func<int[], ProcessSpec> spec, int[] wanted) => (this.spec, process) = (spec, GuardedProcess.Start(spec(wanted)));

    public int QueuePort => ports[1];

    public int ProcessId => process.Id;

    /// <summary>Ends with the exit code when the present process ends, for whatever reason.</summary>
    public Task<int> Exited => process.Exited;

    public RecentLog Log => process.Log;

    public static async Task<AzuriteServer> StartAsync(AzuriteOptions options, Action<string>? progress = null, CancellationToken ct = default)
    {
        var modules = await NpmPackages.EnsureAsync(progress, ct);
        var node = await NpmPackages.NodeAsync(ct);
        var wanted = options.WantUsualPorts && UsualPorts.All(Ports.IsFree) ? UsualPorts : AnyPorts;
        while (true)
        {
            var server = new AzuriteServer(ports => Spec(node, modules, options, ports), wanted);
            if (await server.IsReadyAsync(ct))
            {
                return server;
            }

            var said = server.Log.Tail();
            await server.DisposeAsync();
            if (wanted == AnyPorts || !said.Contains("EADDRINUSE", StringComparison.Ordinal))
            {
                throw new DevServiceException($"Azurite did not start:\n{said}");
            }

            // another process took a usual port in the meantime
            wanted = AnyPorts;
        }
    }

    public string ConnectionString(string account = WellKnownAccount) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key(account)};" +
        $"BlobEndpoint=http://127.0.0.1:{ports[0]}/{account};QueueEndpoint=http://127.0.0.1:{ports[1]}/{account};TableEndpoint=http://127.0.0.1:{ports[2]}/{account}";

    /// <summary>Starts it anew on the same ports and folder; whatever still runs is killed first.</summary>
    public async Task StartAgainAsync(CancellationToken ct = default)
    {
        await process.DisposeAsync();
        process = GuardedProcess.Start(spec(ports));
        if (!await IsReadyAsync(ct))
        {
            throw new DevServiceException($"Azurite did not start again:\n{Log.Tail()}");
        }
    }

    public Task StopAsync() => process.StopAsync(StopLimit);

    public Task KillAsync() => process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await process.DisposeAsync();
    }

    private static ProcessSpec Spec(string node, string modules, AzuriteOptions options, int[] ports)
    {
        if (options.Folder is not null)
        {
            Directory.CreateDirectory(options.Folder);
        }

        var main = Path.Combine(modules, "azurite", "dist", "src", "azurite.js");
        string[] keeping = options.Folder is null ? ["--inMemoryPersistence"] : ["--location", options.Folder];
        return new ProcessSpec(
            node,
            [
                main, .. keeping, "--skipApiVersionCheck", "--silent", "--disableTelemetry",
                "--blobPort", $"{ports[0]}", "--queuePort", $"{ports[1]}", "--tablePort", $"{ports[2]}",
            ])
        {
            WorkingDirectory = options.Folder ?? Path.GetTempPath(),
            Environment = new Dictionary<string, string?>
            {
                ["AZURITE_ACCOUNTS"] = string.Join(';', options.Accounts.Prepend(WellKnownAccount).Select(account => $"{account}:{Key(account)}")),
            },
        };
    }

    private static string Key(string account) =>
        account == WellKnownAccount ? WellKnownKey : Convert.ToBase64String(Encoding.UTF8.GetBytes($"key of {account}"));

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!process.HasExited && TimeProvider.System.GetElapsedTime(since) < StartLimit)
        {
            // the process names its address itself, so that another process on that port is not taken for it
            var found = Services.Select(service => Log.Lines.Select(line => Listens().Match(line)).FirstOrDefault(match => match.Groups[1].Value == service)).ToList();
            if (found.TrueForAll(match => match is not null))
            {
                ports = [.. found.Select(match => int.Parse(match!.Groups[2].Value, CultureInfo.InvariantCulture))];
                return true;
            }

            await Task.Delay(Poll, TimeProvider.System, ct);
        }

        return false;
    }

    [GeneratedRegex(@"Azurite (\w+) service is successfully listening at http://[\w.]+:(\d+)")]
    private static partial Regex Listens();
}
