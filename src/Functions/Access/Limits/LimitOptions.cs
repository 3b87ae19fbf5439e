using System.ComponentModel.DataAnnotations;

namespace Relais.Access.Limits;

/// <summary>Settings under Limits: how many requests this instance takes. A sixth of a minute's may come at once.</summary>
internal sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>Requests per minute of one address, whoever sends them.</summary>
    [Range(6, 1_000_000)]
    public int PerAddress { get; set; } = 6000;

    /// <summary>Requests per minute in the name of one tenant.</summary>
    [Range(6, 1_000_000)]
    public int PerTenant { get; set; } = 3000;

    /// <summary>
    /// How many proxies of ours are before the app; each adds one address to X-Forwarded-For. 0: the header is not looked at. The published
    /// Functions host takes the header away and gives the address itself: there it is 0.
    /// </summary>
    [Range(0, 10)]
    public int TrustedProxies { get; set; }
}
