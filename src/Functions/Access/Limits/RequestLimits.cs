using System.Threading.RateLimiting;

namespace Relais.Access.Limits;

/// <summary>
/// Token buckets in this process. An address falls into one of a fixed number of slots by a hash whose seed nobody outside knows:
/// memory stays bounded however many addresses there are, and nobody can choose whose slot to share. A tenant, of which there are
/// only those that exist, has a bucket of its own; the library drops one that is full again and idle for some seconds.
/// </summary>
internal sealed class RequestLimits(LimitOptions options) : IDisposable
{
    private const int AddressSlots = 1 << 14;
    private const int BurstsPerMinute = 6;

    private readonly PartitionedRateLimiter<int> addresses = Limiter<int>(options.PerAddress);
    private readonly PartitionedRateLimiter<Guid> tenants = Limiter<Guid>(options.PerTenant);

    /// <returns>How long to wait; null: go on.</returns>
    public TimeSpan? TryConsumeForAddress(byte[] address)
    {
        var hash = new HashCode();
        hash.AddBytes(address);
        return TryConsume(addresses, (int)((uint)hash.ToHashCode() % AddressSlots));
    }

    /// <inheritdoc cref="TryConsumeForAddress"/>
    public TimeSpan? TryConsumeForTenant(Guid tenantId) => TryConsume(tenants, tenantId);

    public void Dispose()
    {
        addresses.Dispose();
        tenants.Dispose();
    }

    private static PartitionedRateLimiter<T> Limiter<T>(int perMinute)
        where T : struct => PartitionedRateLimiter.Create<T, T>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute / BurstsPerMinute,
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
