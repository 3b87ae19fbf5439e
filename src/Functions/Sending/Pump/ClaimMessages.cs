using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>What a claim found.</summary>
/// <param name="Examined">Candidates that got a verdict, sent or not: zero means that nothing is due.</param>
/// <param name="DailyQuotaFreeIn">The tenant's day is full; it frees up then.</param>
internal sealed record Claim(IReadOnlyList<OutboundMessage> Messages, int Examined, TimeSpan? DailyQuotaFreeIn, bool LeaseLost);

/// <summary>
/// Commits the decision to send before anything is sent. One statement picks the next due messages of the sender's streams and
/// gives each its verdict: claimed, or not now and why, or never. Consent, campaign state, expiry and the recipient's
/// pace are judged in that same statement; the tenant's sliding day under a lock taken just before.
/// </summary>
internal sealed class ClaimMessages(SystemDb db)
{
    /// <summary>A claimed message leaves within this time or not at all.</summary>
    public static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(10);

    private const string RenewLease = """
        update sender_leases set lease_until = clock_timestamp() + @Length
        where sender_id = @SenderId and epoch = @Epoch and lease_until > clock_timestamp()
        returning (select parked_until > clock_timestamp() from senders where id = @SenderId) as parked,
          (select retired_at is not null from senders where id = @SenderId) as retired
        """;

    private const string LockDailyQuota = """
        select 1 from tenant_pace where tenant_id = @TenantId for update
        """;

    // A statement of its own, after the lock: it sees what the sender before has counted. Buckets of five minutes, dropped
    // a minute late: never more than the limit in any 24 hours.
    private const string RemainingDailyQuota = """
        with used as (
          select coalesce(sum(attempts), 0) as attempts, min(bucket_at) as oldest
          from tenant_pace_buckets
          where tenant_id = @TenantId and bucket_at > now() - interval '24 hours 6 minutes'
        )
        select t.daily_limit - u.attempts as left,
          extract(epoch from u.oldest + interval '24 hours 6 minutes' - now())::float8 as free_in
        from tenants t, used u
        where t.id = @TenantId
        """;

    private const string UseDailyQuota = """
        insert into tenant_pace_buckets (tenant_id, bucket_at, attempts)
        values (@TenantId, date_bin('5 minutes', now(), timestamptz '2000-01-01 00:00:00+00'), @Attempts)
        on conflict (tenant_id, bucket_at) do update set attempts = tenant_pace_buckets.attempts + excluded.attempts;
        delete from tenant_pace_buckets where tenant_id = @TenantId and bucket_at < now() - interval '26 hours';
        """;

    public Task<Claim> RunAsync(HeldLease lease, int limit, CancellationToken ct) => RunAsync(lease, limit, [], null, ct);

    /// <param name="excluded">Messages that no claim takes.</param>
    /// <param name="only">Null: any message that is due.</param>
    public Task<Claim> RunAsync(HeldLease lease, int limit, Guid[] excluded, Guid[]? only, CancellationToken ct) => db.RunAsync(async tx =>
    {
        var sender = lease.Sender;
        var fence = await tx.QueryOneAsync<LeaseRow>(RenewLease, new { SenderId = sender.Id, lease.Epoch, SenderLease.Length }, ct);
        if (fence is null)
        {
            return new Claim([], 0, null, LeaseLost: true);
        }

        if (fence.Parked == true)
        {
            return new Claim([], 0, null, LeaseLost: false);
        }

        await tx.QueryOneAsync<int?>(LockDailyQuota, new { sender.TenantId }, ct);
        var day = await tx.QueryOneAsync<DailyQuotaRow>(RemainingDailyQuota, new { sender.TenantId }, ct);
        if (day is null || day.Left <= 0)
        {
            return new Claim([], 0, TimeSpan.FromSeconds(day?.FreeIn ?? 3600), LeaseLost: false);
        }

        return await ClaimAsync(tx, lease, (int)Math.Min(limit, day.Left), fence.Retired, excluded, only, ct);
    }, ct);

    /// <summary>The messages that a claim would choose from, without claiming them.</summary>
    public Task<List<Guid>> FindAsync(HeldLease lease, int limit, Guid[] excluded, CancellationToken ct) => db.RunAsync(
        tx => tx.QueryAsync<Guid>(ClaimMessagesSql.SelectCandidates, new { SenderId = lease.Sender.Id, Limit = limit, Excluded = excluded }, ct), ct);

    /// <param name="retired">Nothing leaves any more: what is due fails.</param>
    private static async Task<Claim> ClaimAsync(
        NpgsqlTransaction tx, HeldLease lease, int limit, bool retired, Guid[] excluded, Guid[]? only, CancellationToken ct)
    {
        var sender = lease.Sender;
        var rows = await tx.QueryAsync<ExaminedRow>(ClaimMessagesSql.ClaimMessages, new
        {
            SenderId = sender.Id,
            sender.TenantId,
            sender.Channel,
            lease.Epoch,
            Limit = limit,
            Retired = retired,
            Excluded = excluded,
            Only = only,
            Spacing = sender.Limits.RecipientSpacing,
            PerMinute = sender.Limits.PerRecipientMinute,
            InFlight = SendDeadline * 3,
        }, ct);
        var claimed = rows.Where(row => row.Decision == "claimed").Select(row => row.ToMessage()).ToList();
        if (claimed.Count > 0)
        {
            await tx.ExecuteAsync(UseDailyQuota, new { sender.TenantId, Attempts = claimed.Count }, ct);
        }

        return new Claim(claimed, rows.Count, null, LeaseLost: false);
    }

    private sealed record LeaseRow
    {
        public bool? Parked { get; init; }
        public required bool Retired { get; init; }
    }

    private sealed record DailyQuotaRow
    {
        public required long Left { get; init; }
        public double? FreeIn { get; init; }
    }

    private sealed record ExaminedRow
    {
        public required Guid Id { get; init; }
        public required string Decision { get; init; }
        public required int Attempt { get; init; }
        public required int Failures { get; init; }
        public required string ContactAddress { get; init; }
        public required bool InCampaign { get; init; }
        public string? Body { get; init; }
        public string? ContentSid { get; init; }
        public string? ContentVariables { get; init; }
        public required int Units { get; init; }
        public DateTime? ExpiresAt { get; init; }

        public OutboundMessage ToMessage() => new()
        {
            Id = Id,
            Attempt = Attempt,
            Failures = Failures,
            ContactAddress = ContactAddress,
            InCampaign = InCampaign,
            Body = Body,
            ContentSid = ContentSid,
            ContentVariables = ContentVariables,
            Units = Units,
            ExpiresAt = ExpiresAt,
        };
    }
}
