using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Relais.DevHost.Issuer;

/// <summary>Who signed in at the page, for which client, until the client fetches the tokens: once, within a minute, with the verifier of the challenge.</summary>
internal sealed class SignInCodes(TimeProvider time)
{
    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (SignInRequest Request, DemoUser User, DateTimeOffset Until)> open = new(StringComparer.Ordinal);

    public string Issue(SignInRequest request, DemoUser user)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        open[code] = (request, user, time.GetUtcNow() + Valid);
        return code;
    }

    public (SignInRequest Request, DemoUser User)? Redeem(string code, string clientId, string redirectUri, string verifier) =>
        open.TryRemove(code, out var entry) && entry.Until > time.GetUtcNow()
        && entry.Request.ClientId == clientId && entry.Request.RedirectUri == redirectUri && entry.Request.Challenge == Challenge(verifier)
            ? (entry.Request, entry.User)
            : null;

    private static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(verifier)));
}
