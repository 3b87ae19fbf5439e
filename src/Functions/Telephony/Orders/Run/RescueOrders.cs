using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Platform.Database;

namespace Relais.Telephony.Orders.Run;

/// <summary>Every minute: an order under way whose orchestration is missing or has failed gets a new one.</summary>
internal sealed partial class RescueOrders(SystemDb db, OrderRuns runs, ILogger<RescueOrders> logger)
{
    private const int PageSize = 200;

    private const string Page = """
        select id, tenant_id
        from number_orders
        where status in ('reserved', 'buying', 'bought', 'connected', 'undoing') and id > @After
        order by id
        limit @PageSize
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
    }

    [Function(nameof(RescueOrders))]
    public async Task RunAsync([TimerTrigger("20 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var after = Guid.Empty;
        List<Row> page;
        do
        {
            page = await db.RunAsync(tx => tx.QueryAsync<Row>(Page, new { After = after, PageSize }, ct), ct);
            foreach (var order in page)
            {
                await RescueAsync(order, client, ct);
                after = order.Id;
            }
        }
        while (page.Count == PageSize);
    }

    private async Task RescueAsync(Row order, DurableTaskClient client, CancellationToken ct)
    {
        var instance = await client.GetInstanceAsync(OrderRuns.InstanceId(order.Id), ct);
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
    }
}
