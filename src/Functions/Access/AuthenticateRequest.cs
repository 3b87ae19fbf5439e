using Microsoft.AspNetCore.Http;
using Relais.Access.Keys;
using Relais.Access.Tokens;
using Relais.Platform;

namespace Relais.Access;

/// <summary>Somebody known: an API key, which is a caller in full, or a person, whose tenant is still to be found.</summary>
internal abstract record Identity
{
    public sealed record Key(CachedApiKey Known) : Identity;

    public sealed record User(SignedInUser Person) : Identity;
}

/// <summary>From the headers of a request to whom they prove. Every failure to do so is the same failure.</summary>
internal sealed partial class AuthenticateRequest(ApiKeyCache keys, VerifyToken verify, ILogger<AuthenticateRequest> logger)
{
    public async Task<Result<Identity>> RunAsync(IHeaderDictionary headers, CancellationToken ct)
    {
        switch (Credential.From(headers))
        {
            case Credential.Key key:
                return await keys.FindAsync(key.Text, ct) is { } known ? new Identity.Key(known) : Refuse("key");
            case Credential.Token token:
                return (await verify.RunAsync(token.Text, ct)).Match<Result<Identity>>(person => new Identity.User(person), failure => failure);
            default:
                return Refuse("credential");
        }
    }

    private Failure Refuse(string reason)
    {
        Log.Refused(logger, reason);
        return AccessFailures.Unauthorized();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "A caller was refused: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
