using Microsoft.AspNetCore.Http;
using Relais.Access.Keys;
using Relais.Access.Tokens;
using Relais.Platform;

namespace Relais.Access;

/// <summary>
/// The authenticated caller of a request: an API key, which belongs to one tenant, or a signed-in user, whose tenant is selected later.
/// </summary>
internal abstract record Identity
{
    public sealed record ApiKey(CachedApiKey CachedKey) : Identity;

    public sealed record User(SignedInUser SignedInUser) : Identity;
}

/// <summary>
/// Checks the credential in the headers of a request and returns the identity. Every invalid credential gets the same failure; the
/// failure differs only if the token issuer is unavailable.
/// </summary>
internal sealed partial class AuthenticateRequest(ApiKeyCache keys, VerifyToken verify, ILogger<AuthenticateRequest> logger)
{
    public async Task<Result<Identity>> RunAsync(IHeaderDictionary headers, CancellationToken ct)
    {
        switch (Credential.From(headers))
        {
            case Credential.ApiKey key:
                return await keys.FindAsync(key.Text, ct) is { } cachedKey ? new Identity.ApiKey(cachedKey) : Refuse("key");
            case Credential.Token token:
                var user = await verify.RunAsync(token.Text, ct);
                return user.Match<Result<Identity>>(signedIn => new Identity.User(signedIn), failure => failure);
            default:
                return Refuse("credential");
        }
    }

    private Failure Refuse(string reason)
    {
        Log.AuthenticationFailed(logger, reason);
        return AccessFailures.Unauthorized();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Authentication failed: the request has no valid {Reason}")]
        public static partial void AuthenticationFailed(ILogger logger, string reason);
    }
}
