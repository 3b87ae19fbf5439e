using Relais.Kit;

namespace LocalPackages.Tests.Worker;

public sealed class ProcessTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly string storage = azurite.CreateAccount();

    private QueueSide Queues => new(storage);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_to_stop_lets_running_work_finish_and_takes_no_more(string signal)
    {
        await Queues.CreateAsync("work", "started");
        await using var app = await StartAsync();
        await Queues.SendAsync("work", "2500 running");
        var request = app.Http.GetStringAsync("slow/2500");
        await Wait.UntilAsync(async () => await Queues.CountAsync("started") == 1);

        app.Signal(signal);
        await Wait.UntilAsync(async () => !await app.AnswersAsync());
        await Queues.SendAsync("work", "0 too late");

        Assert.Equal("done", await request);
        Assert.Equal(0, await app.Exited);
        Assert.Equal(["2500 running"], await Queues.TextsAsync("done"));
        Assert.Equal(["0 too late"], await Queues.TextsAsync("work"));
    }

    [Fact]
    public async Task Work_that_outlasts_the_time_to_stop_is_cancelled_and_its_message_given_back()
    {
        await Queues.CreateAsync("work", "started");
        await using var app = await StartAsync("DOTNET_shutdownTimeoutSeconds=1");
        await Queues.SendAsync("work", "60000 endless");
        var request = app.Http.GetAsync("slow/60000");
        await Wait.UntilAsync(async () => await Queues.CountAsync("started") == 1);

        app.Signal("TERM");

        Assert.Equal(0, await app.Exited.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => request);
        Assert.Equal(["60000 endless"], await Queues.TextsAsync("work"));
        Assert.Empty(await Queues.TextsAsync("done"));
    }

    [Fact]
    public async Task What_a_killed_process_was_doing_is_done_by_another()
    {
        await Queues.CreateAsync("work", "started");
        await using var killed = await StartAsync("FUNCTIONS_QUEUE_LEASE=00:00:02");
        await Queues.SendAsync("work", "3000 interrupted");
        await Wait.UntilAsync(async () => await Queues.CountAsync("started") == 1);

        killed.Signal("KILL");
        await using var other = await StartAsync("FUNCTIONS_QUEUE_LEASE=00:00:02");

        await Wait.UntilAsync(async () => await Queues.CountAsync("work") == 0);
        Assert.Equal(["3000 interrupted"], await Queues.TextsAsync("done"));
    }

    [Fact]
    public async Task Two_processes_share_a_queue_and_each_message_succeeds_once()
    {
        await Queues.CreateAsync("work", "started");
        await using var first = await StartAsync();
        await using var second = await StartAsync();

        await Parallel.ForEachAsync(Enumerable.Range(0, 30), async (n, _) => await Queues.SendAsync("work", $"50 {n}"));

        await Wait.UntilAsync(async () => await Queues.CountAsync("work") == 0);
        Assert.Equal(Enumerable.Range(0, 30).Select(n => $"50 {n}").Order(), (await Queues.TextsAsync("done")).Order());
    }

    private Task<WorkerProcess> StartAsync(params string[] settings) =>
        WorkerProcess.StartAsync(storage, ["AzureFunctionsJobHost__extensions__queues__maxPollingInterval=00:00:00.2", .. settings]);
}
