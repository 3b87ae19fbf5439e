using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>
/// Every minute: an order under way whose orchestration is missing or has failed gets a new one, one that stands still goes on, and what an order
/// bought after its end is given back. One order's trouble is no other's.
/// </summary>
internal sealed partial class RestartOrderRuns(SystemDb db, OrderOrchestrations runs, ReleaseOrphan late, TimeProvider time, ILogger<RestartOrderRuns> logger)
{
    private const int PageSize = 200;

    /// <summary>Nobody suspends an order on purpose for as long as this.</summary>
    private static readonly TimeSpan ResumeAfter = TimeSpan.FromMinutes(10);

    private const string SelectOpenOrders = """
        select id, tenant_id, status in ('done', 'failed') as ended
        from number_orders
        where (status in ('reserved', 'buying', 'bought', 'connected', 'undoing') or recheck_at <= @Now) and id > @After
        order by id
        limit @PageSize
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required bool Ended { get; init; }
    }

    [Function(nameof(RestartOrderRuns))]
    public async Task RunAsync([TimerTrigger("20 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var after = Guid.Empty;
        List<Row> page;
        do
        {
            page = await db.RunAsync(tx => tx.QueryAsync<Row>(SelectOpenOrders, new { After = after, Now = time.GetUtcNow().UtcDateTime, PageSize }, ct), ct);
            await ForEachIsolated.ForEachAsync(
                page, maxParallel: 1, (order, token) => OneAsync(order, client, token), (order, e) => Log.Failed(logger, e, order.Id), ct);
            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (page.Count == PageSize);
    }

    private Task OneAsync(Row order, DurableTaskClient client, CancellationToken ct) =>
        order.Ended ? late.RunAsync(order.TenantId, order.Id, ct) : RescueAsync(order, client, ct);

    private async Task RescueAsync(Row order, DurableTaskClient client, CancellationToken ct)
    {
        var instance = await client.GetInstanceAsync(OrderOrchestrations.InstanceId(order.Id), ct);
        if (instance is { RuntimeStatus: OrchestrationRuntimeStatus.Suspended } && time.GetUtcNow() - instance.LastUpdatedAt > ResumeAfter)
        {
            Log.Resumed(logger, order.Id);
            await client.ResumeInstanceAsync(instance.InstanceId, "suspended for long", ct);
        }

        if (instance is { IsCompleted: false })
        {
            return;
        }

        Log.Rescued(logger, order.Id, instance?.RuntimeStatus.ToString() ?? "missing");
        await runs.ScheduleAsync(client, order.TenantId, order.Id, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Order {OrderId} gets a new run: the last one is {Status}")]
        public static partial void Rescued(ILogger logger, Guid orderId, string status);

        [LoggerMessage(2, LogLevel.Warning, "The run of order {OrderId} was suspended for long and goes on")]
        public static partial void Resumed(ILogger logger, Guid orderId);

        [LoggerMessage(3, LogLevel.Error, "Order {OrderId} could not be rescued")]
        public static partial void Failed(ILogger logger, Exception e, Guid orderId);
    }
}
