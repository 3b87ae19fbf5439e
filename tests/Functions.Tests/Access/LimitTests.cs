using System.Net;
using Relais.Access.Limits;

namespace Functions.Tests.Access;

public sealed class LimitTests
{
    [Theory]
    [InlineData("10.0.0.1", "", 0, "10.0.0.1")]
    [InlineData("10.0.0.1", "1.2.3.4", 0, "10.0.0.1")]
    [InlineData("10.0.0.1", "1.2.3.4", 1, "1.2.3.4")]
    [InlineData("10.0.0.1", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4")]
    [InlineData("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", 2, "1.2.3.4")]
    [InlineData("10.0.0.1", "6.6.6.6,1.2.3.4:50123", 1, "1.2.3.4")]
    [InlineData("10.0.0.1", "1.2.3.4", 2, "10.0.0.1")]
    [InlineData("10.0.0.1", "", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "1.2.3.4,", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "unknown", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "1", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "0x7f.0.0.1", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "010.0.0.1", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "1.2.3", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "1.2.3.4:99999", 1, "10.0.0.1")]
    [InlineData("10.0.0.1", "::ffff:1.2.3.4", 1, "1.2.3.4")]
    [InlineData("::ffff:10.0.0.1", "", 0, "10.0.0.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::")]
    [InlineData("10.0.0.1", "2001:db8:1:2:ffff::1", 1, "2001:db8:1:2::")]
    [InlineData("10.0.0.1", "[2001:db8:1:2:ffff::1]:443", 1, "2001:db8:1:2::")]
    [InlineData("10.0.0.1", "fe80::1%eth0", 1, "10.0.0.1")]
    public void The_client_address_comes_from_trusted_proxies(string remote, string forwarded, int proxies, string expected)
    {
        var address = IPAddress.Parse(expected).GetAddressBytes();

        Assert.Equal(address.Length == 4 ? address : address[..8], ClientAddress.Read(IPAddress.Parse(remote), forwarded, proxies));
    }

    [Fact]
    public async Task A_burst_of_a_sixth_of_the_limit_is_allowed_and_refills_over_time()
    {
        using var limits = new RequestLimits(new LimitOptions { PerAddress = 600, PerTenant = 6 });
        var (first, second) = (new byte[] { 1, 2, 3, 4 }, new byte[] { 1, 2, 3, 5 });

        var waits = Enumerable.Range(0, 150).Select(_ => limits.TimeToWaitForAddress(first)).ToList();

        Assert.InRange(waits.Count(wait => wait is null), 100, 110);
        Assert.All(waits.OfType<TimeSpan>(), wait => Assert.InRange(wait, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)));
        Assert.Null(limits.TimeToWaitForAddress(second));
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.InRange(Enumerable.Range(0, 100).Count(_ => limits.TimeToWaitForAddress(first) is null), 5, 30);
    }

    [Fact]
    public void Each_tenant_and_each_address_has_its_own_limit()
    {
        using var limits = new RequestLimits(new LimitOptions { PerAddress = 6, PerTenant = 60 });
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());

        Assert.Equal(10, Enumerable.Range(0, 11).Count(_ => limits.TryConsumeForTenant(first) is null));
        Assert.Null(limits.TryConsumeForTenant(second));
        Assert.Null(limits.TimeToWaitForAddress(first.ToByteArray()));
    }

    [Fact]
    public void Tenants_never_share_a_limit()
    {
        using var limits = new RequestLimits(new LimitOptions { PerTenant = 6 });

        Assert.All(Enumerable.Range(0, 20_000), _ => Assert.Null(limits.TryConsumeForTenant(Guid.NewGuid())));
    }
}
