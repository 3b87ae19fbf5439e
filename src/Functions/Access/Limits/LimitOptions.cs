using System.ComponentModel.DataAnnotations;

namespace Relais.Access.Limits;

/// <summary>
/// Settings under Limits: the request limits, which each instance of the app counts separately. A sixth of the requests of a minute may
/// arrive at the same moment.
/// </summary>
internal sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>The allowed requests per minute from one client address.</summary>
    [Range(6, 1_000_000)]
    public int PerAddress { get; set; } = 6000;

    /// <summary>The allowed requests per minute for one tenant.</summary>
    [Range(6, 1_000_000)]
    public int PerTenant { get; set; } = 3000;

    /// <summary>
    /// The number of the operator's proxies in front of the app, each of which adds one address to X-Forwarded-For. 0: the header is
    /// ignored. Use 0 behind the Functions host, which removes the header and passes the client's address itself.
    /// </summary>
    [Range(0, 10)]
    public int TrustedProxies { get; set; }
}
