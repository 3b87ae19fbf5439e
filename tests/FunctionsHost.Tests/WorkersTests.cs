using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Relais.Kit;

namespace FunctionsHost.Tests;

/// <summary>The worker process at its start, at a restart, and when the host stops meanwhile.</summary>
public sealed partial class WorkersTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string folder = Directory.CreateTempSubdirectory("functions-host-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_start_that_is_cancelled_leaves_no_process()
    {
        await using var workers = new Workers(Settings(), TimeProvider.System, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var starting = workers.StartAsync(stop.Token);
        await Wait.UntilAsync(() => Processes().Length == 1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        Assert.Empty(Processes());
    }

    [Fact]
    public async Task A_stop_in_the_instant_of_a_restart_ends_the_new_worker()
    {
        var started = new List<int>();
        var disposed = new TaskCompletionSource<Task>();
        Workers? workers = null;
        workers = new Workers(Settings(), TimeProvider.System, new Watch(text =>
        {
            if (WorkerLine().Match(text) is { Success: true } line)
            {
                started.Add(int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture));
                if (started.Count == 2)
                {
                    // the new worker is there, and nothing that the host looks at names it yet
                    disposed.SetResult(workers!.DisposeAsync().AsTask());
                }
            }
        }));
        await workers.StartAsync(CancellationToken.None);

        Process.GetProcessById(started[0]).Kill();

        await (await disposed.Task.WaitAsync(Limit)).WaitAsync(Limit);
        Assert.Empty(Processes());
    }

    [Fact]
    public async Task A_restart_that_fails_for_an_unforeseen_reason_ends_the_host()
    {
        CopyApp();
        var options = TestApp.Options(storage.CreateAccount(), ("CF_QUEUE_NAME", "cf-setting"), ("CF_TIMER", "*/2 * * * * *"));
        await using var host = await TestHost.StartAsync(options with { Folder = folder });

        // a process cannot be started in a folder that is not there
        var moved = folder + "-moved";
        Directory.Move(folder, moved);
        host.Process.KillWorker();

        Assert.Equal(ExitCodes.WorkerKeptEnding, await host.Process.Exited.WaitAsync(Limit));
        Assert.Contains("The worker was not started again", host.Process.Log.Tail(2000), StringComparison.Ordinal);
        Directory.Move(moved, folder);
    }

    [Fact]
    public async Task Nothing_but_the_drain_limit_ends_the_wait_for_requests()
    {
        await using var workers = new Workers(Settings(), TimeProvider.System, NullLogger.Instance);
        var parts = new HostParts(Settings(), [], workers, TimeProvider.System, NullLoggerFactory.Instance);
        await using var front = await HttpFront.StartAsync(parts, CancellationToken.None);

        // by default a host stops waiting after 30 s
        Assert.Equal(Timeout.InfiniteTimeSpan, front.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    private HostSettings Settings()
    {
        CopyApp();
        return HostSettings.Load(AppFolder.Open(folder), CommandLine.Parse([folder, "--port", $"{Relais.DevHost.Services.Ports.Free()}"]));
    }

    /// <summary>The command lines of the workers of this test.</summary>
    private string[] Processes() =>
        [.. Directory.GetDirectories("/proc").Select(process => Path.Combine(process, "cmdline")).Select(Read)
            .Where(line => line.Contains($"{folder}/Conformance.dll", StringComparison.Ordinal))];

    private static string Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : "";
        }
        catch (IOException)
        {
            // the process has just ended
            return "";
        }
    }

    private void CopyApp()
    {
        foreach (var file in Directory.GetFiles(TestApp.Folder)
            .Where(file => !file.EndsWith("local.settings.json", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }
    }

    [GeneratedRegex(@"The worker runs as process (\d+) ")]
    private static partial Regex WorkerLine();

    /// <summary>Passes each entry on in the moment at which it is written.</summary>
    private sealed class Watch(Action<string> onEntry) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            onEntry(formatter(state, exception));
    }
}
