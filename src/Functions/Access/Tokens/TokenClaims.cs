using System.Text.Json;

namespace Relais.Access.Tokens;

/// <summary>The claims of a token as far as they are used; times in seconds since 1970.</summary>
internal sealed record TokenClaims
{
    public const int LongestSubject = 255;

    private const int LongestName = 200;
    private static readonly TimeSpan IssuedAhead = TimeSpan.FromMinutes(5);
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public required string Issuer { get; init; }
    public required string Subject { get; init; }
    public required IReadOnlyList<string> Audiences { get; init; }
    public required long Expires { get; init; }
    public long? NotBefore { get; init; }
    public long? IssuedAt { get; init; }
    public required string Name { get; init; }
    public string? Email { get; init; }

    /// <summary>Null when one that is needed is missing, or any that is used has another form than the standard says.</summary>
    public static TokenClaims? Read(JsonElement claims)
    {
        if (claims.ValueKind != JsonValueKind.Object
            || TokenText.Text(claims, "iss") is not { } issuer
            || TokenText.Text(claims, "sub") is not { Length: > 0 and <= LongestSubject } subject || subject.Any(char.IsControl)
            || Audience(claims) is not { } audiences
            || !Time(claims, "exp", out var expires) || expires is null
            || !Time(claims, "nbf", out var notBefore)
            || !Time(claims, "iat", out var issuedAt))
        {
            return null;
        }

        var email = Readable(TokenText.Text(claims, "email"));
        return new TokenClaims
        {
            Issuer = issuer,
            Subject = subject,
            Audiences = audiences,
            Expires = expires.Value,
            NotBefore = notBefore,
            IssuedAt = issuedAt,
            Name = Readable(TokenText.Text(claims, "name")) ?? Readable(TokenText.Text(claims, "preferred_username")) ?? email ?? "",
            Email = email,
        };
    }

    /// <summary>Why the token is not for us or not for now, as a fixed word; null when it is.</summary>
    public string? Fault(string issuer, string audience, DateTimeOffset now, TimeSpan skew) =>
        !string.Equals(Issuer, issuer, StringComparison.Ordinal) ? "issuer"
        : !Audiences.Contains(audience, StringComparer.Ordinal) ? "audience"
        : Expires <= (now - skew).ToUnixTimeSeconds() ? "expired"
        : NotBefore > (now + skew).ToUnixTimeSeconds() ? "not_yet"
        : IssuedAt > (now + IssuedAhead).ToUnixTimeSeconds() ? "issued_ahead"
        : null;

    private static string[]? Audience(JsonElement claims) =>
        !claims.TryGetProperty("aud", out var value) ? null
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(one => one.GetString()!)]
            : null;

    /// <summary>False when it is there and is no time.</summary>
    private static bool Time(JsonElement claims, string name, out long? seconds)
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

    private static string? Readable(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var clean = string.Concat(text.Where(character => !char.IsControl(character))).Trim();
        // half a pair is no text that the database takes
        return clean.Length <= LongestName ? clean : clean[..(char.IsHighSurrogate(clean[LongestName - 1]) ? LongestName - 1 : LongestName)];
    }
}
