using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;
using Relais.Kit;

namespace LocalPackages.Tests.Worker;

public sealed class TimerTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Token = "functions-timers-localpackages-tests";
    private readonly string storage = azurite.CreateAccount();

    [Fact]
    public async Task Of_two_processes_one_runs_the_timers_and_the_other_follows_when_it_stops()
    {
        await using var first = await StartAsync(typeof(EverySecond));
        await Wait.UntilAsync(() => first.Journal.Lines.Count >= 2);
        await using var second = await StartAsync(typeof(EverySecond));
        await Wait.UntilAsync(() => first.Journal.Lines.Count >= 5);
        Assert.Empty(second.Journal.Lines);

        await first.StopAsync();

        await Wait.UntilAsync(() => second.Journal.Lines.Count >= 2);
        var ticks = first.Journal.Lines.Concat(second.Journal.Lines).ToArray();
        Assert.Equal(ticks.Distinct(), ticks);
    }

    [Fact]
    public async Task Many_first_starts_at_once_end_with_one_that_runs_the_timers()
    {
        var apps = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => StartAsync(typeof(EverySecond))));
        try
        {
            await Wait.UntilAsync(() => apps.Sum(a => a.Journal.Lines.Count) >= 4);

            var ticks = apps.SelectMany(a => a.Journal.Lines).ToArray();
            Assert.Equal(ticks.Distinct().Count(), ticks.Length);
        }
        finally
        {
            foreach (var app in apps)
            {
                await app.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_run_that_was_missed_while_the_app_was_down_is_caught_up_as_past_due()
    {
        await LeaveAsync("""{"Yearly":{"Schedule":"0 0 0 1 1 *","Last":"2019-01-01T00:00:00+00:00","Next":"2020-01-01T00:00:00+00:00"}}""");
        await using var app = await StartAsync(typeof(Yearly));

        await Wait.UntilAsync(() => app.Journal.Lines.Count == 1);
        await app.StopAsync();

        Assert.Equal("past due: True, last 2019, next 2020", app.Journal.Lines[0]);
        Assert.NotEqual(2020, (await LeftAsync())["Yearly"]!["Next"]!.GetValue<DateTimeOffset>().Year);
    }

    [Theory]
    [InlineData("""{"Yearly":{"Schedule":"0 0 0 2 2 *","Last":null,"Next":"2020-02-02T00:00:00+00:00"}}""")]
    [InlineData("{}")]
    [InlineData("nothing that anybody can read")]
    public async Task A_new_or_changed_schedule_is_not_past_due(string left)
    {
        await LeaveAsync(left);
        await using var app = await StartAsync(typeof(Yearly), typeof(EverySecond));

        await Wait.UntilAsync(() => app.Journal.Lines.Count >= 2);
        await app.StopAsync();

        Assert.DoesNotContain(app.Journal.Lines, line => line.StartsWith("past due"));
        Assert.Equal("0 0 0 1 1 *", (string?)(await LeftAsync())["Yearly"]!["Schedule"]);
    }

    [Fact]
    public async Task Without_storage_timers_run_unguarded()
    {
        await using var app = await TestApp.StartAsync([typeof(EverySecond)], new() { ["AzureWebJobsStorage"] = "" });

        await Wait.UntilAsync(() => app.Journal.Lines.Count >= 2);
    }

    private Task<TestApp> StartAsync(params Type[] functions) => TestApp.StartAsync(functions, new() { ["AzureWebJobsStorage"] = storage });

    /// <summary>What an app left behind that ran before.</summary>
    private async Task LeaveAsync(string text)
    {
        var queue = new QueueClient(storage, Token);
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(text);
    }

    private async Task<JsonNode> LeftAsync() => JsonNode.Parse((await new QueueClient(storage, Token).PeekMessageAsync()).Value.MessageText)!;

    public sealed class EverySecond(Journal journal)
    {
        [Function("EverySecond")]
        public void Tick([TimerTrigger("* * * * * *")] TimerInfo timer) => journal.Add($"{TimeProvider.System.GetUtcNow():HH:mm:ss}");
    }

    public sealed class Yearly(Journal journal)
    {
        [Function("Yearly")]
        public void Tick([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer) =>
            journal.Add($"past due: {timer.IsPastDue}, last {timer.ScheduleStatus!.Last.ToUniversalTime():yyyy}, next {timer.ScheduleStatus.Next.ToUniversalTime():yyyy}");
    }
}
