using System.Diagnostics;
using System.Net;
using Relais.Kit;
using Xunit.Abstractions;

namespace FunctionsHost.Tests;

/// <summary>After a SIGKILL of the worker or of the host, work that was in hand is done within a minute.</summary>
public sealed class RecoveryTests(AzuriteFixture storage, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    private const int Instances = 12;

    /// <summary>A minute for the recovery and the eight seconds that the interrupted activity takes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(68);

    private readonly string account = storage.CreateAccount();

    [Fact]
    public async Task Orchestrations_and_messages_go_on_after_the_worker_was_killed()
    {
        await using var host = await TestApp.StartAsync(account);
        await StartWorkAsync(host);
        var before = host.Process.WorkerProcessId;
        var request = host.Http.GetAsync("slow/30000");
        await Task.Delay(TimeSpan.FromSeconds(2));

        host.Process.KillWorker();
        var killed = Stopwatch.StartNew();
        Assert.Equal(HttpStatusCode.InternalServerError, (await request).StatusCode);
        // a request that comes before the host has noticed the end of the worker fails too
        await Wait.UntilAsync(() => host.Process.AnswersAsync());
        output.WriteLine($"answered again after {killed.Elapsed}");

        await WaitForWorkAsync(host, killed);
        Assert.NotEqual(before, host.Process.WorkerProcessId);
    }

    [Fact]
    public async Task Orchestrations_and_messages_go_on_after_the_host_was_killed()
    {
        await using var host = await TestApp.StartAsync(account);
        await StartWorkAsync(host);
        await Task.Delay(TimeSpan.FromSeconds(2));
        using var worker = Process.GetProcessById(host.Process.WorkerProcessId);

        await host.Process.KillHostAsync();
        var killed = Stopwatch.StartNew();
        await worker.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        await host.Process.StartAgainAsync();
        output.WriteLine($"answered again after {killed.Elapsed}");

        await WaitForWorkAsync(host, killed);
    }

    [Fact]
    public async Task A_kill_of_the_whole_process_group_leaves_no_worker()
    {
        await using var host = await TestApp.StartAsync(account);
        using var worker = Process.GetProcessById(host.Process.WorkerProcessId);

        // the host leads its group
        using var kill = Process.Start("/bin/kill", ["-KILL", "--", $"-{host.Process.ProcessId}"]);
        await kill.WaitForExitAsync();

        await worker.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_worker_that_keeps_ending_ends_the_host()
    {
        await using var host = await TestApp.StartAsync(account);

        for (var kill = 0; kill <= Recovery.WorkerRestarts.Count; kill++)
        {
            var worker = host.Process.WorkerProcessId;
            host.Process.KillWorker();
            await Wait.UntilAsync(() => host.Process.Exited.IsCompleted || host.Process.WorkerProcessId != worker);
        }

        Assert.Equal(ExitCodes.WorkerKeptEnding, await host.Process.Exited.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("The worker ended 4 times within 00:05:00", host.Process.Log.Tail(2000), StringComparison.Ordinal);
    }

    private async Task StartWorkAsync(TestHost host)
    {
        for (var i = 0; i < Instances; i++)
        {
            await host.StartOrchestrationAsync("O_LongActivity", $"long-{i}");
        }

        await Wait.UntilAsync(async () => await host.StatusAsync($"long-{Instances - 1}") == "Running");
        // these run for one and a half seconds, one is sent late enough to be in hand when the process is killed
        _ = Task.Run(async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1.2));
            await TestApp.SendAsync(account, "cf-parallel", "kill|0");
        });
    }

    private async Task WaitForWorkAsync(TestHost host, Stopwatch killed)
    {
        await Wait.UntilAsync(async () => (await host.RecordedAsync("pardone:kill")).Count > 0, Limit);
        output.WriteLine($"the message was done after {killed.Elapsed}");
        for (var i = 0; i < Instances; i++)
        {
            await Wait.UntilAsync(async () => await host.StatusAsync($"long-{i}") == "Completed", Limit - killed.Elapsed);
        }

        output.WriteLine($"{Instances} orchestrations were done after {killed.Elapsed}");
        Assert.InRange(killed.Elapsed, TimeSpan.Zero, Limit);
    }
}
