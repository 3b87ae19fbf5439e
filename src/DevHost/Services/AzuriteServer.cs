using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.DevHost.Services;

/// <summary>Options of an Azurite server.</summary>
public sealed record AzuriteOptions
{
    /// <summary>The folder for the data; null keeps the data in memory, for tests.</summary>
    public string? Folder { get; init; }

    /// <summary>True: use the default ports 10000 to 10002 if all are free. Otherwise any free ports are used.</summary>
    public bool WantUsualPorts { get; init; }

    /// <summary>Storage accounts in addition to the well-known account; each has its own queues.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];
}

/// <summary>Runs Azurite, the emulator of Azure Storage. It ends when this process ends.</summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    /// <summary>The default account of every Azurite. Its name and key are public.</summary>
    private const string WellKnownAccount = "devstoreaccount1";

    private const string WellKnownKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(30);

    private static readonly int[] DefaultPorts = [10000, 10001, 10002];
    private static readonly int[] AnyPorts = [0, 0, 0];
    private static readonly string[] Services = ["Blob", "Queue", "Table"];

    private readonly Func<int[], ProcessSpec> createSpec;
    private GuardedProcess process;
    private int[] ports = [];

    private AzuriteServer(Func<int[], ProcessSpec> createSpec, int[] requestedPorts) =>
        (this.createSpec, process) = (createSpec, GuardedProcess.Start(createSpec(requestedPorts)));

    public int QueuePort => ports[1];

    public int ProcessId => process.Id;

    /// <summary>Completes with the exit code when the current process ends for any reason.</summary>
    public Task<int> Exited => process.Exited;

    public RecentLog Log => process.Log;

    /// <param name="options">The options.</param>
    /// <param name="progress">Receives messages about slow steps, such as a download.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<AzuriteServer> StartAsync(
        AzuriteOptions options, Action<string>? progress = null, CancellationToken ct = default)
    {
        var modules = await NpmPackages.EnsureAsync(progress, ct);
        var node = await NpmPackages.NodeAsync(ct);
        var requestedPorts = options.WantUsualPorts && DefaultPorts.All(Ports.IsFree) ? DefaultPorts : AnyPorts;
        while (true)
        {
            var server = new AzuriteServer(ports => CreateSpec(node, modules, options, ports), requestedPorts);
            if (await server.IsReadyAsync(ct))
            {
                return server;
            }

            var output = server.Log.Tail();
            await server.DisposeAsync();
            if (requestedPorts == AnyPorts || !output.Contains("EADDRINUSE", StringComparison.Ordinal))
            {
                throw new DevServiceException($"Azurite did not start:\n{output}");
            }

            // Another process has taken a default port since the check above.
            requestedPorts = AnyPorts;
        }
    }

    public string ConnectionString(string account = WellKnownAccount) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key(account)};" +
        $"BlobEndpoint=http://127.0.0.1:{ports[0]}/{account};" +
        $"QueueEndpoint=http://127.0.0.1:{ports[1]}/{account};" +
        $"TableEndpoint=http://127.0.0.1:{ports[2]}/{account}";

    /// <summary>Kills the process if it still runs, and starts it again on the same ports and folder.</summary>
    public async Task StartAgainAsync(CancellationToken ct = default)
    {
        await process.DisposeAsync();
        process = GuardedProcess.Start(createSpec(ports));
        if (!await IsReadyAsync(ct))
        {
            throw new DevServiceException($"Azurite could not be restarted:\n{Log.Tail()}");
        }
    }

    public Task StopAsync() => process.StopAsync(StopTimeout);

    public Task KillAsync() => process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await process.DisposeAsync();
    }

    private static ProcessSpec CreateSpec(string node, string modules, AzuriteOptions options, int[] ports)
    {
        if (options.Folder is not null)
        {
            Directory.CreateDirectory(options.Folder);
        }

        var main = Path.Combine(modules, "azurite", "dist", "src", "azurite.js");
        string[] persistence = options.Folder is null ? ["--inMemoryPersistence"] : ["--location", options.Folder];
        return new ProcessSpec(
            node,
            [
                main, .. persistence, "--skipApiVersionCheck", "--silent", "--disableTelemetry",
                "--blobPort", $"{ports[0]}", "--queuePort", $"{ports[1]}", "--tablePort", $"{ports[2]}",
            ])
        {
            WorkingDirectory = options.Folder ?? Path.GetTempPath(),
            Environment = new Dictionary<string, string?>
            {
                ["AZURITE_ACCOUNTS"] = string.Join(
                    ';', options.Accounts.Prepend(WellKnownAccount).Select(account => $"{account}:{Key(account)}")),
            },
        };
    }

    private static string Key(string account) =>
        account == WellKnownAccount ? WellKnownKey : Convert.ToBase64String(Encoding.UTF8.GetBytes($"key of {account}"));

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!process.HasExited && TimeProvider.System.GetElapsedTime(started) < StartTimeout)
        {
            // Read the ports from Azurite's own output. A probe of a port could reach another process.
            var matches = Services.Select(service => Log.Lines
                .Select(line => ListeningLine().Match(line))
                .FirstOrDefault(match => match.Groups[1].Value == service)).ToList();
            if (matches.TrueForAll(match => match is not null))
            {
                ports = [.. matches.Select(match => int.Parse(match!.Groups[2].Value, CultureInfo.InvariantCulture))];
                return true;
            }

            await Task.Delay(PollInterval, TimeProvider.System, ct);
        }

        return false;
    }

    [GeneratedRegex(@"Azurite (\w+) service is successfully listening at http://[\w.]+:(\d+)")]
    private static partial Regex ListeningLine();
}
