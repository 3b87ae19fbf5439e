using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Relais.Access.Limits;

/// <summary>
/// Token buckets in this process. Who is counted falls into one of a fixed number of slots by a hash whose seed nobody outside
/// knows: memory stays bounded however many addresses there are, and nobody can choose whose slot to share.
/// </summary>
internal sealed class RequestLimits(IOptions<LimitOptions> options) : IDisposable
{
    private const int Slots = 1 << 14;
    private const int BurstsPerMinute = 6;

    private readonly PartitionedRateLimiter<int> addresses = Limiter(options.Value.PerAddress);
    private readonly PartitionedRateLimiter<int> tenants = Limiter(options.Value.PerTenant);

    /// <returns>How long to wait; null: go on.</returns>
    public TimeSpan? TakeOfAddress(byte[] address) => Take(addresses, address);

    /// <inheritdoc cref="TakeOfAddress"/>
    public TimeSpan? TakeOfTenant(Guid tenantId) => Take(tenants, tenantId.ToByteArray());

    public void Dispose()
    {
        addresses.Dispose();
        tenants.Dispose();
    }

    private static PartitionedRateLimiter<int> Limiter(int perMinute) => PartitionedRateLimiter.Create<int, int>(slot =>
        RateLimitPartition.GetTokenBucketLimiter(slot, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute / BurstsPerMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
            QueueLimit = 0,
            AutoReplenishment = false,
        }));

    private static TimeSpan? Take(PartitionedRateLimiter<int> limiter, byte[] who)
    {
        var hash = new HashCode();
        hash.AddBytes(who);
        using var lease = limiter.AttemptAcquire((int)((uint)hash.ToHashCode() % Slots));
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }
}
