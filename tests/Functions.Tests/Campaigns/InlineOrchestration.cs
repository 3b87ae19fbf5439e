using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relais.Campaigns.Run;

namespace Functions.Tests.Campaigns;

/// <summary>
/// Runs the campaign orchestrator with the real activities, without the engine. Timers advance the clock instead of waiting. All
/// inputs and outputs are serialised as JSON, as the engine does.
/// </summary>
internal sealed class InlineOrchestration(CampaignFixture world, object? input) : TaskOrchestrationContext
{
    private object? nextInput;
    private object? lastInput;
    private TaskCompletionSource eventRaised = new();

    public List<string> Steps { get; } = [];

    public int Generations { get; private set; }

    /// <summary>Runs at each timer. The result is true if it raises the event that the orchestration waits for.</summary>
    public Func<TimeSpan, Task<bool>> WhileWaiting { get; init; } = _ => Task.FromResult(false);

    public override TaskName Name => nameof(RunCampaignV1);

    public override string InstanceId => "inline";

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => world.Clock.Now.UtcDateTime;

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public static async Task<InlineOrchestration> RunAsync(
        CampaignFixture world, Guid campaignId, Func<TimeSpan, Task<bool>>? whileWaiting = null)
    {
        var first = new RunCampaignV1.Input(world.Run(campaignId), null, false);
        var context = new InlineOrchestration(world, first) { WhileWaiting = whileWaiting ?? (_ => Task.FromResult(false)) };
        do
        {
            context.nextInput = null;
            await RunCampaignV1.RunAsync(context);
            context.Generations++;
        }
        while (context.nextInput is not null && context.Generations < 100);
        return context;
    }

    public override T GetInput<T>() => RoundTrip<T>(nextInput ?? lastInput ?? input);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        Steps.Add(name.Name);
        object? result = name.Name switch
        {
            nameof(ReadProgress) => await world.Get<ReadProgress>().RunAsync(RoundTrip<CampaignIds>(input), default),
            nameof(FreezeRecipients) => await world.Db.RunAsync(
                world.TenantId, tx => world.Freeze.FreezeAsync(tx, RoundTrip<FreezeRecipients.Input>(input), 30, default), default),
            nameof(CancelPendingMessages) => await ReturnNullAsync(
                world.Get<CancelPendingMessages>().RunAsync(RoundTrip<CampaignIds>(input), default)),
            nameof(CloseCampaign) => await ReturnNullAsync(
                world.Get<CloseCampaign>().RunAsync(RoundTrip<CampaignIds>(input), default)),
            nameof(WakeCampaignSender) => null,
            _ => throw new InvalidOperationException($"There is no activity {name}."),
        };
        return result is null ? default! : RoundTrip<TResult>(result);
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var delay = fireAt - CurrentUtcDateTime;
        Steps.Add($"wait {delay.TotalSeconds:0}");
        if (await WhileWaiting(delay))
        {
            eventRaised.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        world.Clock.Advance(delay);
    }

    public override async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        Assert.Equal(RunCampaignV1.Changed, eventName);
        await eventRaised.Task.WaitAsync(cancellationToken);
        eventRaised = new TaskCompletionSource();
        return default!;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        Assert.True(preserveUnprocessedEvents);
        (nextInput, lastInput) = (newInput, newInput);
    }

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    private static T RoundTrip<T>(object? value) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value))!;

    private static async Task<object?> ReturnNullAsync(Task task)
    {
        await task;
        return null;
    }
}
