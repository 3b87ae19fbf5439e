using System.Threading.RateLimiting;

namespace Relais.Access.Limits;

/// <summary>
/// Rate limits as token buckets in this process. Addresses share a fixed number of buckets, so that a flood of addresses cannot exhaust
/// the memory; a hash with a secret random seed selects the bucket, so that an attacker cannot choose whose bucket to share. Each tenant
/// has its own bucket; the library drops a bucket that is full and was idle for some seconds.
/// </summary>
internal sealed class RequestLimits(LimitOptions options) : IDisposable
{
    private const int AddressBuckets = 1 << 14;
    private const int BurstDivisor = 6;

    private readonly PartitionedRateLimiter<int> addresses = CreateLimiter<int>(options.PerAddress);
    private readonly PartitionedRateLimiter<Guid> tenants = CreateLimiter<Guid>(options.PerTenant);

    /// <summary>Counts a request against the limit of a client address.</summary>
    /// <returns>The time to wait before the next request; null if this request is allowed.</returns>
    public TimeSpan? TimeToWaitForAddress(byte[] address)
    {
        var hash = new HashCode();
        hash.AddBytes(address);
        return TryConsume(addresses, (int)((uint)hash.ToHashCode() % AddressBuckets));
    }

    /// <summary>Counts a request against the limit of a tenant.</summary>
    /// <returns>The time to wait before the next request; null if this request is allowed.</returns>
    public TimeSpan? TryConsumeForTenant(Guid tenantId) => TryConsume(tenants, tenantId);

    public void Dispose()
    {
        addresses.Dispose();
        tenants.Dispose();
    }

    private static PartitionedRateLimiter<T> CreateLimiter<T>(int perMinute)
        where T : struct => PartitionedRateLimiter.Create<T, T>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute / BurstDivisor,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
            QueueLimit = 0,
            AutoReplenishment = false,
        }));

    private static TimeSpan? TryConsume<T>(PartitionedRateLimiter<T> limiter, T key)
    {
        using var lease = limiter.AttemptAcquire(key);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }
}
