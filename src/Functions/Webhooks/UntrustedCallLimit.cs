using Microsoft.AspNetCore.Http;
using Relais.Access.Limits;

namespace Relais.Webhooks;

/// <summary>
/// Counts lookups of accounts that are not cached, and invalid signatures, against the rate limit of the caller's IP address. When the
/// limit is used up, an account that is not cached is not looked up; webhooks of cached accounts still work.
/// </summary>
internal sealed class UntrustedCallLimit(RequestLimits limits, LimitOptions options)
{
    /// <returns>False: the caller's IP address has used up its limit.</returns>
    public bool TryConsume(HttpRequest request)
    {
        var forwardedFor = request.Headers["X-Forwarded-For"].ToString();
        var address = ClientAddress.Read(request.HttpContext.Connection.RemoteIpAddress, forwardedFor, options.TrustedProxies);

        // The result is how long to wait; null means that the request is within the limit.
        return limits.TimeToWaitForAddress(address) is null;
    }
}
