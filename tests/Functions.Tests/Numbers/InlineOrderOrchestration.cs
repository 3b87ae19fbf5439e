using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relais.Numbers.Orders.Run;

namespace Functions.Tests.Numbers;

/// <summary>Runs the orchestrator against the real activities, on a clock that jumps where the engine would wait; a step can be made to run twice, or its result to be lost.</summary>
internal sealed class InlineOrderOrchestration(NumbersFixture world, OrderIds ids) : TaskOrchestrationContext
{
    private bool again;

    public List<string> Steps { get; } = [];

    public int Generations { get; private set; }

    /// <summary>Each step runs twice, as after a crash before its result was kept.</summary>
    public bool Twice { get; init; }

    public override TaskName Name => nameof(PurchaseNumberV1);

    public override string InstanceId => "inline";

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => world.Clock.Now.UtcDateTime;

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public static async Task<InlineOrderOrchestration> RunAsync(NumbersFixture world, Guid orderId, bool twice = false, int mostGenerations = 50)
    {
        var context = new InlineOrderOrchestration(world, new OrderIds(world.TenantId, orderId)) { Twice = twice };
        do
        {
            context.again = false;
            await PurchaseNumberV1.RunAsync(context);
            context.Generations++;
        }
        while (context.again && context.Generations < mostGenerations);
        return context;
    }

    public override T GetInput<T>() => Through<T>(ids);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        Steps.Add(name.Name);
        var given = Through<OrderIds>(input);
        var result = await RunAsync(name.Name, given);
        return Through<TResult>(Twice ? await RunAsync(name.Name, given) : result);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        Steps.Add($"wait {(fireAt - CurrentUtcDateTime).TotalSeconds:0}");
        world.Clock.Advance(fireAt - CurrentUtcDateTime);
        return Task.CompletedTask;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        Assert.Equal(ids, Through<OrderIds>(newInput));
        again = true;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    private Task<OrderProgress> RunAsync(string activity, OrderIds order) => activity switch
    {
        nameof(ReadOrder) => new ReadOrder(world.Db).RunAsync(order, default),
        nameof(BuyNumber) => new BuyNumber(world.Db, world.Accounts, world.Provider, world.Targets, world.Options, world.Clock).RunAsync(order, default),
        nameof(StoreNumber) => new StoreNumber(world.Db, world.Targets, world.Options, world.Clock).RunAsync(order, default),
        nameof(ConnectNumber) => new ConnectNumber(world.Db, world.Accounts, world.Connect, world.Targets, world.Options, world.Clock).RunAsync(order, default),
        nameof(RegisterNumber) => new RegisterNumber(world.Db, world.Options, world.Clock).RunAsync(order, default),
        nameof(UndoOrder) => new UndoOrder(world.Db, world.Accounts, world.Provider, world.Targets, world.Options, world.Clock, world.Log.For<UndoOrder>()).RunAsync(order, default),
        _ => throw new InvalidOperationException($"There is no activity {activity}."),
    };

    private static T Through<T>(object? value) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value))!;
}
