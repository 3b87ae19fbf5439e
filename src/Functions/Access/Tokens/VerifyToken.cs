using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Relais.Platform;

namespace Relais.Access.Tokens;

/// <summary>From an access token to the person it speaks of. What is cheap to check comes first, the signature last.</summary>
internal sealed partial class VerifyToken(AccessOptions settings, IssuerKeys keys, TimeProvider time, ILogger<VerifyToken> logger)
{
    private static readonly JsonWebTokenHandler Library = new();

    // providers that are shared are disposed under each other when one verification throws
    private static readonly CryptoProviderFactory Providers = new() { CacheSignatureProviders = false };

    public async Task<Result<SignedInUser>> RunAsync(string token, CancellationToken ct)
    {
        if (settings.Issuer.Length == 0)
        {
            return Refuse("no_issuer");
        }

        if (TokenText.Read(token, out var fault) is not { } text)
        {
            return Refuse(fault);
        }

        var now = time.GetUtcNow();
        if (text.Claims.Fault(settings.Issuer, settings.Audience, now, settings.ClockSkew) is { } notForUs)
        {
            return Refuse(notForUs);
        }

        if (await keys.ForAsync(text.Header.KeyId, ct) is not { } known)
        {
            return AccessFailures.IssuerUnavailable();
        }

        var unproven = Fault(token, text, known, settings, now);
        if (unproven is not null && await keys.AfterAsync(known, ct) is { } newer)
        {
            unproven = Fault(token, text, newer, settings, now);
        }

        return unproven is null ? new SignedInUser(text.Claims.Issuer, text.Claims.Subject, text.Claims.Name, text.Claims.Email) : Refuse(unproven);
    }

    private static string? Fault(string token, TokenText text, KeySet known, AccessOptions settings, DateTimeOffset now) =>
        known.Find(text.Header) is not { } key ? "key"
        : !IsSigned(token, text, key, settings, now) ? "signature"
        : null;

    /// <summary>The library reads the token once more for itself: both must agree.</summary>
    private static bool IsSigned(string token, TokenText text, IssuerKey key, AccessOptions settings, DateTimeOffset now)
    {
        var parameters = new TokenValidationParameters
        {
            ValidIssuer = settings.Issuer,
            ValidAudience = settings.Audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            ValidAlgorithms = [text.Header.Algorithm],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = (_, expires, _, _) => expires > now.UtcDateTime - settings.ClockSkew,
            IssuerSigningKeyResolver = (_, _, _, _) => [key.Key],
            CryptoProviderFactory = Providers,
        };
#pragma warning disable CS0618 // newer versions prefer the asynchronous one, which the oldest that is supported does not have
        return Library.ValidateToken(token, parameters).IsValid;
#pragma warning restore CS0618
    }

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
