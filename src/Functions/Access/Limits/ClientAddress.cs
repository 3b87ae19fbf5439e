using System.Net;
using System.Net.Sockets;

namespace Relais.Access.Limits;

/// <summary>The address that a request comes from, as far as our own proxies vouch for it. Pure.</summary>
internal static class ClientAddress
{
    private const int NetworkBytes = 8;

    /// <summary>IPv4 as it is; of IPv6 the first 64 bits, which is what one customer has.</summary>
    /// <param name="remote">The other end of the connection.</param>
    /// <param name="forwardedFor">X-Forwarded-For: on the left whatever the client invented, on the right what our proxies added.</param>
    /// <param name="trustedProxies">How many entries from the right our proxies added.</param>
    public static byte[] Read(IPAddress? remote, string forwardedFor, int trustedProxies)
    {
        var entries = trustedProxies > 0 ? forwardedFor.Split(',') : [];
        var seen = entries.Length >= trustedProxies && trustedProxies > 0 ? Parse(entries[^trustedProxies].Trim()) : null;
        var address = seen ?? remote ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..NetworkBytes] : bytes;
    }

    private static IPAddress? Parse(string entry) =>
        IPEndPoint.TryParse(entry, out var end) && !entry.Contains('%', StringComparison.Ordinal) && IsPlain(entry, end.Address) ? end.Address : null;

    // 1, 0x7f.1 and 010.0.0.1 are addresses to the parser too
    private static bool IsPlain(string entry, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 || entry.Split(':')[0] == address.ToString();
}
