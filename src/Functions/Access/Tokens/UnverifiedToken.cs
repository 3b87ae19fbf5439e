using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Relais.Access.Tokens;

/// <summary>The used part of a token's header. Keys in it (jwk, jku, x5c, x5u) are ignored: an attacker can put any key there.</summary>
internal sealed record TokenHeader(string Algorithm, string? KeyId);

/// <summary>The content of a token whose signature nobody has checked yet.</summary>
internal sealed record UnverifiedToken(string Text, TokenHeader Header, TokenClaims Claims)
{
    // tokens of common issuers have one to three thousand characters
    private const int LongestToken = 8 * 1024;
    private const int LongestKeyId = 256;

    // of a repeated member one parser takes the first value and another the last
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>
    /// Accepts three parts in canonical base64url that hold JSON objects without repeated members and without extensions (crit, b64).
    /// </summary>
    /// <param name="text">The token as it was sent.</param>
    /// <param name="reason">Why it is refused, as a fixed word for the log; never a part of the token.</param>
    public static UnverifiedToken? Read(string text, out string reason)
    {
        reason = "form";
        if (text.Length > LongestToken || text.Split('.', 4) is not [var first, var second, var third]
            || Decode(first) is not { } header || Decode(second) is not { } payload || Decode(third) is null)
        {
            return null;
        }

        try
        {
            using var headerJson = JsonDocument.Parse(header, Strict);
            using var claimsJson = JsonDocument.Parse(payload, Strict);
            reason = "header";
            if (ReadHeader(headerJson.RootElement) is not { } knownHeader)
            {
                return null;
            }

            reason = "claims";
            return TokenClaims.Read(claimsJson.RootElement) is { } claims ? new UnverifiedToken(text, knownHeader, claims) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // no JSON, or a string with half a surrogate pair
            return null;
        }
    }

    /// <summary>The string value of a member; null when the member is missing or has another type.</summary>
    internal static string? StringOf(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TokenHeader? ReadHeader(JsonElement header)
    {
        if (header.ValueKind != JsonValueKind.Object || header.TryGetProperty("crit", out _) || header.TryGetProperty("b64", out _))
        {
            return null;
        }

        var keyId = StringOf(header, "kid");
        return StringOf(header, "alg") is { } algorithm && SigningAlgorithm.All.Contains(algorithm)
            && IsAccessToken(header)
            && (keyId is { Length: > 0 and <= LongestKeyId } || !header.TryGetProperty("kid", out _))
                ? new TokenHeader(algorithm, keyId)
                : null;
    }

    private static bool IsAccessToken(JsonElement header) =>
        !header.TryGetProperty("typ", out _) || StringOf(header, "typ")?.ToLowerInvariant() is "jwt" or "at+jwt" or "application/at+jwt";

    /// <summary>Null unless the bytes encode to the same text again: the decoder alone accepts padding and spaces.</summary>
    private static byte[]? Decode(string part)
    {
        var bytes = new byte[part.Length];
        return part.Length > 0
            && Base64Url.DecodeFromChars(part, bytes, out _, out var length) == OperationStatus.Done
            && Base64Url.EncodeToString(bytes.AsSpan(0, length)) == part
            ? bytes[..length]
            : null;
    }
}
