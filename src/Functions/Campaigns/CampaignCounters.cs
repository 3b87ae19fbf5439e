using Npgsql;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Campaigns;

/// <summary>
/// Adds to the counters of a campaign and reads them. A counter is stored in shards, see <see cref="CampaignCountersSql"/>.
/// </summary>
internal static class CampaignCounters
{
    private const string AddToCounters = $"""
        {CampaignCountersSql.Insert}
        select @CampaignId, n.name, {CampaignCountersSql.Shard}, @TenantId, n.value
        from unnest(@Names, @Values) as n (name, value)
        where n.value <> 0
        order by n.name
        {CampaignCountersSql.AddToExisting}
        """;

    private const string SelectTotals = """
        select name, sum(value)::bigint as value
        from campaign_counters
        where campaign_id = @CampaignId
        group by name
        """;

    private sealed class Counter
    {
        public required string Name { get; init; }
        public required long Value { get; init; }
    }

    public static Task AddAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid campaignId, IReadOnlyDictionary<string, long> deltas, CancellationToken ct) =>
        tx.ExecuteAsync(AddToCounters, new
        {
            TenantId = tenantId,
            CampaignId = campaignId,
            Names = deltas.Keys.ToArray(),
            Values = deltas.Values.ToArray(),
        }, ct);

    public static async Task<Dictionary<string, long>> ReadAsync(NpgsqlTransaction tx, Guid campaignId, CancellationToken ct) =>
        (await tx.QueryAsync<Counter>(SelectTotals, new { CampaignId = campaignId }, ct))
            .ToDictionary(counter => counter.Name, counter => counter.Value, StringComparer.Ordinal);
}
