using Azure.Storage.Blobs;
using Relais.DevHost.Services;
using Relais.Kit;

namespace FunctionsHost.Tests;

/// <summary>A timer run that lasts: beside other timers, and with a worker that is killed in the middle of it.</summary>
public sealed class TimerRunTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task A_run_that_ended_with_its_worker_is_repeated_once()
    {
        await using var app = await RecordingApp.StartAsync(storage.CreateAccount(), longTimerIsPastDue: true, ("LONG_SECONDS", "3"));
        await Wait.UntilAsync(() => app.Count("long began") == 1);

        app.Host.Process.KillWorker();

        await Wait.UntilAsync(() => app.Count("long ended") == 1);
        Assert.Equal(2, app.Count("long began True"));
        await app.Host.Process.StopAsync();
        await app.Host.Process.StartAgainAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal(2, app.Count("long began"));
    }

    [Fact]
    public async Task A_run_that_ended_with_two_workers_is_caught_up_by_the_next_host()
    {
        await using var app = await RecordingApp.StartAsync(storage.CreateAccount(), longTimerIsPastDue: true, ("LONG_SECONDS", "3"));
        for (var run = 1; run <= 2; run++)
        {
            await Wait.UntilAsync(() => app.Count("long began") == run);
            app.Host.Process.KillWorker();
        }

        await Wait.UntilAsync(() => app.Host.Process.AnswersAsync());
        await app.Host.Process.StopAsync();
        await app.Host.Process.StartAgainAsync();

        await Wait.UntilAsync(() => app.Count("long ended") == 1);
        Assert.Equal(3, app.Count("long began True"));
    }

    [Fact]
    public async Task The_first_occurrence_is_stored_before_it_comes_so_that_it_can_be_caught_up()
    {
        var account = storage.CreateAccount();
        await using var app = await RecordingApp.StartAsync(account, longTimerIsPastDue: false);
        var status = new BlobClient(account, "azure-webjobs-hosts", "timers/hosttestapp/Long/status");
        await Wait.UntilAsync(async () => await status.ExistsAsync());

        Assert.Contains(
            "-01-01T05:00:00\",\"LastUpdated\":\"0001-01-01",
            (await status.DownloadContentAsync()).Value.Content.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_run_holds_up_no_other_timer_after_storage_was_away()
    {
        await using var azurite = await AzuriteServer.StartAsync(new AzuriteOptions());
        await using var app = await RecordingApp.StartAsync(azurite.ConnectionString(), longTimerIsPastDue: true, ("LONG_SECONDS", "100"));
        await Wait.UntilAsync(() => app.Count("long began") == 1 && app.Count("each") > 0);

        await Signals.SendAsync(azurite.ProcessId, "STOP");
        await Task.Delay(Recovery.TimerLease + TimeSpan.FromSeconds(3));
        var before = app.Count("each");
        await Signals.SendAsync(azurite.ProcessId, "CONT");

        await Wait.UntilAsync(() => app.Count("each") > before + 3, TimeSpan.FromSeconds(30));
        Assert.Equal(1, app.Count("long began"));
        Assert.Equal(0, app.Count("long ended"));
    }
}
