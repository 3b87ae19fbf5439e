using System.Text.Json;

namespace Relais.Access.Tokens;

/// <summary>The claims of a token that are used; times in seconds since 1970.</summary>
internal sealed record TokenClaims(SignedInUser User, IReadOnlyList<string> Audiences, long Expires, long? NotBefore, long? IssuedAt)
{
    private const int LongestSubject = 255;
    private const int LongestName = 200;
    private static readonly TimeSpan MaxIssuedAhead = TimeSpan.FromMinutes(5);
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Null when a claim that is needed is missing, or when one that is used has another type than the standard says.</summary>
    public static TokenClaims? Read(JsonElement claims)
    {
        if (claims.ValueKind != JsonValueKind.Object
            || UnverifiedToken.StringOf(claims, "iss") is not { } issuer
            || UnverifiedToken.StringOf(claims, "sub") is not { Length: > 0 and <= LongestSubject } subject || subject.Any(char.IsControl)
            || ReadAudiences(claims) is not { } audiences
            || !TryReadTime(claims, "exp", out var expires) || expires is null
            || !TryReadTime(claims, "nbf", out var notBefore)
            || !TryReadTime(claims, "iat", out var issuedAt))
        {
            return null;
        }

        var email = Readable(claims, "email");
        var name = Readable(claims, "name") ?? Readable(claims, "preferred_username") ?? email ?? "";
        return new TokenClaims(new SignedInUser(issuer, subject, name, email), audiences, expires.Value, notBefore, issuedAt);
    }

    /// <summary>Why the token is not for this app or not valid now, as a fixed word for the log; null when it is.</summary>
    public string? ReasonToRefuse(AccessOptions settings, DateTimeOffset now) =>
        !string.Equals(User.Issuer, settings.Issuer, StringComparison.Ordinal) ? "issuer"
        : !Audiences.Contains(settings.Audience, StringComparer.Ordinal) ? "audience"
        : Expires <= (now - settings.ClockSkew).ToUnixTimeSeconds() ? "expired"
        : NotBefore > (now + settings.ClockSkew).ToUnixTimeSeconds() ? "not_yet"
        : IssuedAt > (now + MaxIssuedAhead).ToUnixTimeSeconds() ? "issued_ahead"
        : null;

    private static string[]? ReadAudiences(JsonElement claims) =>
        !claims.TryGetProperty("aud", out var value) ? null
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(one => one.GetString()!)]
            : null;

    /// <summary>True also when the claim is missing; false when it is no time.</summary>
    private static bool TryReadTime(JsonElement claims, string name, out long? seconds)
    {
        seconds = null;
        if (!claims.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !(number >= 0 && number <= LastSecond))
        {
            return false;
        }

        seconds = (long)number;
        return true;
    }

    private static string? Readable(JsonElement claims, string name)
    {
        var clean = string.Concat((UnverifiedToken.StringOf(claims, name) ?? "").Where(character => !char.IsControl(character))).Trim();
        if (clean.Length > LongestName)
        {
            // the database refuses half a surrogate pair
            clean = clean[..(char.IsHighSurrogate(clean[LongestName - 1]) ? LongestName - 1 : LongestName)];
        }

        return clean.Length == 0 ? null : clean;
    }
}
