using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Database;

namespace Relais.Campaigns.Run;

internal sealed class ReadProgress(TenantDb db, TimeProvider time, CampaignOptions options)
{
    // Bounds the rows that one poll reads. More messages would not change the next wait: for this many it is already the longest one, for
    // every sender of up to 200 units per second.
    private const int MaxCounted = 50_000;

    // All lists of statuses are within the condition of the partial index messages_open, so that it can be used.
    private const string SelectProgress = """
        select c.status, c.scheduled_at, c.frozen_at is not null as frozen, p.pending, p.next_due_at,
          exists (
            select from messages m
            where m.campaign_id = c.id and m.status in ('claimed', 'unknown')) as in_progress,
          -- The second query may read many rows, so it runs only when no message is left to be sent or resolved.
          case
            when exists (
              select from messages m where m.campaign_id = c.id and m.status in ('pending', 'retry', 'claimed', 'unknown')) then true
            else exists (
              select from messages m
              where m.campaign_id = c.id and m.status in ('accepted', 'scheduled', 'queued', 'sending', 'sent')
                and coalesce(m.sent_at, m.claimed_at, m.created_at) > @AwaitedSince)
          end as awaiting_outcome,
          coalesce(s.pace_units, 10) * 1000.0 / coalesce(s.pace_window_ms, 1000) as rate_per_second
        from campaigns c
        join senders s on s.id = c.sender_id
        cross join lateral (
          select count(*)::int as pending, min(due_at) as next_due_at
          from (select due_at from messages m where m.campaign_id = c.id and m.status in ('pending', 'retry') limit @Bound) w
        ) p
        where c.id = @CampaignId
        """;

    private sealed class Row
    {
        public required string Status { get; init; }
        public DateTime? ScheduledAt { get; init; }
        public required bool Frozen { get; init; }
        public required int Pending { get; init; }
        public DateTime? NextDueAt { get; init; }
        public required bool InProgress { get; init; }
        public required bool AwaitingOutcome { get; init; }
        public required double RatePerSecond { get; init; }
    }

    [Function(nameof(ReadProgress))]
    public async Task<CampaignProgress> RunAsync([ActivityTrigger] CampaignIds ids, CancellationToken ct)
    {
        var awaitedSince = time.GetUtcNow().UtcDateTime - options.FinalStatusTimeout;
        var row = await db.RunAsync(ids.TenantId, tx =>
            tx.QueryOneAsync<Row>(SelectProgress, new { ids.CampaignId, AwaitedSince = awaitedSince, Bound = MaxCounted }, ct), ct);
        return row is null
            ? throw new InvalidOperationException($"Campaign {ids.CampaignId} does not exist.")
            : new CampaignProgress(
                row.Status, row.ScheduledAt, row.Frozen, row.Pending, row.NextDueAt, row.InProgress, row.AwaitingOutcome,
                row.RatePerSecond);
    }
}
