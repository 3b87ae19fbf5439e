using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Relais.Platform;

namespace Relais.Access.Tokens;

/// <summary>
/// Turns an access token into the person it names. The cheap checks come first: a token that fails them causes no call to the issuer.
/// </summary>
internal sealed partial class VerifyToken(AccessOptions settings, IssuerKeyCache issuerKeys, TimeProvider time, ILogger<VerifyToken> logger)
{
    private static readonly JsonWebTokenHandler TokenHandler = new();

    // the library disposes a shared signature provider while other requests use it when one verification throws
    private static readonly CryptoProviderFactory CryptoFactory = new() { CacheSignatureProviders = false };

    public async Task<Result<SignedInUser>> RunAsync(string text, CancellationToken ct)
    {
        if (settings.Issuer.Length == 0)
        {
            return Refuse("no_issuer");
        }

        if (UnverifiedToken.Read(text, out var formatFault) is not { } token)
        {
            return Refuse(formatFault);
        }

        var now = time.GetUtcNow();
        if (token.Claims.ReasonToRefuse(settings, now) is { } claimFault)
        {
            return Refuse(claimFault);
        }

        if (await issuerKeys.GetAsync(token.Header.KeyId, ct) is not { } keys)
        {
            return AccessFailures.IssuerUnavailable();
        }

        var signatureFault = await ReasonToRefuseAsync(token, keys, now);
        if (signatureFault is not null && await issuerKeys.GetNewerAsync(keys, ct) is { } newer)
        {
            signatureFault = await ReasonToRefuseAsync(token, newer, now);
        }

        return signatureFault is null ? token.Claims.User : Refuse(signatureFault);
    }

    private async Task<string?> ReasonToRefuseAsync(UnverifiedToken token, IssuerKeySet keys, DateTimeOffset now) =>
        keys.Find(token.Header) is not { } key ? "key"
        : !(await TokenHandler.ValidateTokenAsync(token.Text, Parameters(token.Header.Algorithm, key, now))).IsValid ? "signature"
        : null;

    /// <summary>The library reads the whole token once more: it must agree about the issuer, the audience and the end as well.</summary>
    private TokenValidationParameters Parameters(string algorithm, SecurityKey key, DateTimeOffset now) => new()
    {
        ValidIssuer = settings.Issuer,
        ValidAudience = settings.Audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        ValidAlgorithms = [algorithm],
        LifetimeValidator = (_, expires, _, _) => expires > now.UtcDateTime - settings.ClockSkew,
        IssuerSigningKeyResolver = (_, _, _, _) => [key],
        CryptoProviderFactory = CryptoFactory,
    };

    private Failure Refuse(string reason)
    {
        Log.Refused(logger, reason);
        return AccessFailures.Unauthorized();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "An access token was refused: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
