using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Relais.DevHost.Issuer;

/// <summary>
/// Issues authorization codes after a sign-in and redeems them. A code is valid once, for one minute, and only with the code verifier of
/// its PKCE challenge.
/// </summary>
internal sealed class SignInCodes(TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (SignInRequest Request, DemoUser User, DateTimeOffset ExpiresAt)> entries =
        new(StringComparer.Ordinal);

    public string Issue(SignInRequest request, DemoUser user)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        entries[code] = (request, user, time.GetUtcNow() + Lifetime);
        return code;
    }

    /// <returns>Null when the code is unknown, used or expired, or when the client's values differ from those of the sign-in.</returns>
    public (SignInRequest Request, DemoUser User)? Redeem(string code, string clientId, string redirectUri, string verifier) =>
        entries.TryRemove(code, out var entry)
        && entry.ExpiresAt > time.GetUtcNow()
        && entry.Request.ClientId == clientId
        && entry.Request.RedirectUri == redirectUri
        && entry.Request.Challenge == Challenge(verifier)
            ? (entry.Request, entry.User)
            : null;

    private static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(verifier)));
}
