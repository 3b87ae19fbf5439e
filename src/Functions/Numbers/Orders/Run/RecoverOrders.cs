using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>
/// Runs every minute. Restarts the orchestration of an open order if it is missing or has failed, resumes it if it was suspended for long,
/// and releases numbers that orders bought after their end. An error with one order does not stop the others.
/// </summary>
internal sealed partial class RecoverOrders(
    SystemDb db, OrderOrchestrations orchestrations, ReleaseOrphan releaseOrphan, TimeProvider time, ILogger<RecoverOrders> logger)
{
    /// <summary>A longer suspension is an oversight: no operator suspends an order on purpose for so long.</summary>
    private static readonly TimeSpan ResumeAfter = TimeSpan.FromMinutes(10);

    private const string SelectOpenOrDueOrders = """
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

    [Function(nameof(RecoverOrders))]
    public Task RunAsync(
        [TimerTrigger("20 * * * * *", RunOnStartup = true)] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken ct) =>
        ForEachIsolated.ForEachPageAsync<Row>(
            last => SelectPageAsync(last?.Id ?? Guid.Empty, ct),
            maxParallel: 1,
            (order, token) => RestartOrReleaseAsync(order, client, token),
            (order, e) => Log.RestartOrReleaseFailed(logger, e, order.Id),
            ct);

    private Task<List<Row>> SelectPageAsync(Guid after, CancellationToken ct)
    {
        var parameters = new { After = after, Now = time.GetUtcNow().UtcDateTime, ForEachIsolated.PageSize };
        return db.RunAsync(tx => tx.QueryAsync<Row>(SelectOpenOrDueOrders, parameters, ct), ct);
    }

    private Task RestartOrReleaseAsync(Row order, DurableTaskClient client, CancellationToken ct) =>
        order.Ended ? releaseOrphan.RunAsync(order.TenantId, order.Id, ct) : RestartAsync(order, client, ct);

    private async Task RestartAsync(Row order, DurableTaskClient client, CancellationToken ct)
    {
        var instance = await client.GetInstanceAsync(OrderOrchestrations.InstanceId(order.Id), ct);
        if (instance is { RuntimeStatus: OrchestrationRuntimeStatus.Suspended }
            && time.GetUtcNow() - instance.LastUpdatedAt > ResumeAfter)
        {
            Log.Resumed(logger, order.Id);
            await client.ResumeInstanceAsync(instance.InstanceId, "suspended for more than ten minutes", ct);
        }

        if (instance is { IsCompleted: false })
        {
            return;
        }

        Log.Restarted(logger, order.Id, instance?.RuntimeStatus.ToString() ?? "missing");
        await orchestrations.ScheduleAsync(client, order.TenantId, order.Id, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Restarting the orchestration of order {OrderId}: the previous instance is {Status}")]
        public static partial void Restarted(ILogger logger, Guid orderId, string status);

        [LoggerMessage(2, LogLevel.Warning, "Resuming the orchestration of order {OrderId}: it was suspended for more than ten minutes")]
        public static partial void Resumed(ILogger logger, Guid orderId);

        [LoggerMessage(3, LogLevel.Error, "Order {OrderId} could not be restarted or cleaned up; the next attempt starts in a minute")]
        public static partial void RestartOrReleaseFailed(ILogger logger, Exception e, Guid orderId);
    }
}
