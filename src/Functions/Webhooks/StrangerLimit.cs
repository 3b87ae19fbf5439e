using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Relais.Access.Limits;

namespace Relais.Webhooks;

/// <summary>
/// What is signed is never counted. What is refused counts as a request of the address that it came from, and an address that has used up
/// its share has no account looked up that is not known here: known ones are checked from memory, whoever else uses their address.
/// </summary>
internal sealed class StrangerLimit(RequestLimits limits, IOptions<LimitOptions> options)
{
    /// <returns>False: the address has used up its share.</returns>
    public bool Count(HttpRequest request)
    {
        var forwardedFor = request.Headers["X-Forwarded-For"].ToString();
        return limits.TakeOfAddress(ClientAddress.Of(request.HttpContext.Connection.RemoteIpAddress, forwardedFor, options.Value.TrustedProxies)) is null;
    }
}
