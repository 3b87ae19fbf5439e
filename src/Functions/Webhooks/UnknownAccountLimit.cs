using Microsoft.AspNetCore.Http;
using Relais.Access.Limits;

namespace Relais.Webhooks;

/// <summary>
/// A look-up of an account that is not known here, and a signature that does not fit, count as requests of the address that they came from. An
/// address that has used up its share has nobody looked up: known accounts are checked from memory, whoever else uses their address.
/// </summary>
internal sealed class UnknownAccountLimit(RequestLimits limits, LimitOptions options)
{
    /// <returns>False: the address has used up its share.</returns>
    public bool TryConsume(HttpRequest request)
    {
        var forwardedFor = request.Headers["X-Forwarded-For"].ToString();
        return limits.TryConsumeForAddress(ClientAddress.Read(request.HttpContext.Connection.RemoteIpAddress, forwardedFor, options.TrustedProxies)) is null;
    }
}
