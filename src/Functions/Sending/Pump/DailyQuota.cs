using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>The remaining daily quota of a tenant: how many messages its senders may still send.</summary>
internal sealed record DailyQuota
{
    private const string LockDailyQuota = """
        select 1 from tenant_pace where tenant_id = @TenantId for update
        """;

    // This statement runs after the lock, so that it sees what the tenant's other senders have used. A bucket covers five minutes and
    // counts until it is 24 hours and six minutes old, so the limit holds in any 24 hours.
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

    public required long Left { get; init; }

    /// <summary>Seconds until a part of the quota is free again; null when nothing has been used.</summary>
    public double? FreeIn { get; init; }

    /// <summary>Locks the quota until the end of the transaction and reads it.</summary>
    /// <returns>Null when the tenant does not exist.</returns>
    public static async Task<DailyQuota?> LockAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct)
    {
        await tx.QueryOneAsync<int?>(LockDailyQuota, new { TenantId = tenantId }, ct);
        return await tx.QueryOneAsync<DailyQuota>(RemainingDailyQuota, new { TenantId = tenantId }, ct);
    }

    public static Task UseAsync(NpgsqlTransaction tx, Guid tenantId, int attempts, CancellationToken ct) =>
        tx.ExecuteAsync(UseDailyQuota, new { TenantId = tenantId, Attempts = attempts }, ct);
}
