using System.Net;
using System.Net.Sockets;

namespace Relais.Access.Limits;

/// <summary>Finds the client's address of a request. Trusts only the addresses that the operator's own proxies report. Pure.</summary>
internal static class ClientAddress
{
    private const int IPv6NetworkBytes = 8;

    /// <param name="remote">The address at the other end of the connection; null if it is unknown.</param>
    /// <param name="forwardedFor">
    /// The header X-Forwarded-For. The client can invent the entries on the left; the operator's proxies add entries on the right.
    /// </param>
    /// <param name="trustedProxies">The number of entries on the right that the operator's proxies added.</param>
    /// <returns>The 4 bytes of an IPv4 address, or the first 8 bytes of an IPv6 address, because one customer has a whole /64.</returns>
    public static byte[] Read(IPAddress? remote, string forwardedFor, int trustedProxies)
    {
        var entries = trustedProxies > 0 ? forwardedFor.Split(',') : [];
        var forwarded = entries.Length >= trustedProxies && trustedProxies > 0 ? Parse(entries[^trustedProxies].Trim()) : null;
        var address = forwarded ?? remote ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..IPv6NetworkBytes] : bytes;
    }

    private static IPAddress? Parse(string entry) =>
        IPEndPoint.TryParse(entry, out var endpoint)
        && !entry.Contains('%', StringComparison.Ordinal)
        && IsCanonical(entry, endpoint.Address)
            ? endpoint.Address
            : null;

    // The parser also accepts 1, 0x7f.1 and 010.0.0.1 as IPv4 addresses.
    private static bool IsCanonical(string entry, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 || entry.Split(':')[0] == address.ToString();
}
