using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relais.Numbers.Orders.Run;

namespace Functions.Tests.Numbers;

/// <summary>
/// Runs the order orchestrator with the real activities, without the engine. Timers advance the clock instead of waiting. All
/// inputs and outputs are serialised as JSON, as the engine does.
/// </summary>
internal sealed class InlineOrderOrchestration(NumbersFixture world, OrderIds ids) : TaskOrchestrationContext
{
    private bool continuedAsNew;

    public List<string> Steps { get; } = [];

    public int Generations { get; private set; }

    /// <summary>True if each activity runs twice, as after a crash before its result was stored.</summary>
    public bool Twice { get; init; }

    public override TaskName Name => nameof(PurchaseNumberV1);

    public override string InstanceId => "inline";

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => world.Clock.Now.UtcDateTime;

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public static async Task<InlineOrderOrchestration> RunAsync(
        NumbersFixture world, Guid orderId, bool twice = false, int mostGenerations = 50)
    {
        var context = new InlineOrderOrchestration(world, new OrderIds(world.TenantId, orderId)) { Twice = twice };
        do
        {
            context.continuedAsNew = false;
            await PurchaseNumberV1.RunAsync(context);
            context.Generations++;
        }
        while (context.continuedAsNew && context.Generations < mostGenerations);
        return context;
    }

    public override T GetInput<T>() => RoundTrip<T>(ids);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        Steps.Add(name.Name);
        var order = RoundTrip<OrderIds>(input);
        var result = await RunAsync(name.Name, order);
        return RoundTrip<TResult>(Twice ? await RunAsync(name.Name, order) : result);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        Steps.Add($"wait {(fireAt - CurrentUtcDateTime).TotalSeconds:0}");
        world.Clock.Advance(fireAt - CurrentUtcDateTime);
        return Task.CompletedTask;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        Assert.Equal(ids, RoundTrip<OrderIds>(newInput));
        continuedAsNew = true;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    private Task<OrderProgress> RunAsync(string activity, OrderIds order) => activity switch
    {
        nameof(ReadOrder) => world.Get<ReadOrder>().RunAsync(order, default),
        nameof(BuyNumber) => world.Get<BuyNumber>().RunAsync(order, default),
        nameof(ConnectNumber) => world.Get<ConnectNumber>().RunAsync(order, default),
        nameof(RegisterSender) => world.Get<RegisterSender>().RunAsync(order, default),
        nameof(UndoOrder) => world.Get<UndoOrder>().RunAsync(order, default),
        _ => throw new InvalidOperationException($"There is no activity {activity}."),
    };

    private static T RoundTrip<T>(object? value) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value))!;
}
