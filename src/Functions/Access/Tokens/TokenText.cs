using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Relais.Access.Tokens;

/// <summary>The protected header of a token, as far as it is used. Keys that a header brings along (jwk, jku, x5c, x5u) are never looked at.</summary>
internal sealed record TokenHeader(string Algorithm, string? KeyId);

/// <summary>What a token says before anybody has checked its signature.</summary>
internal sealed record TokenText(TokenHeader Header, TokenClaims Claims)
{
    /// <summary>Characters; those of known issuers stay far below.</summary>
    public const int Longest = 8 * 1024;

    private const int LongestKeyId = 256;

    // a second reading of the same member is how two parsers come to see two tokens
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads strictly: three parts in canonical base64url, JSON objects without repeated members, no extension that must be understood.</summary>
    /// <param name="token">As it came.</param>
    /// <param name="fault">Why it is none, as a fixed word; never a part of the token.</param>
    public static TokenText? Read(string token, out string fault)
    {
        fault = "form";
        if (token.Length > Longest || token.Split('.', 4) is not [var first, var second, var third]
            || Decode(first) is not { } header || Decode(second) is not { } payload || Decode(third) is null)
        {
            return null;
        }

        try
        {
            using var head = JsonDocument.Parse(header, Strict);
            using var body = JsonDocument.Parse(payload, Strict);
            fault = "header";
            if (ReadHeader(head.RootElement) is not { } known)
            {
                return null;
            }

            fault = "claims";
            return TokenClaims.Read(body.RootElement) is { } claims ? new TokenText(known, claims) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // not JSON, or text with half a surrogate pair
            return null;
        }
    }

    /// <summary>A member's text; null when there is none or it is something else.</summary>
    internal static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TokenHeader? ReadHeader(JsonElement header)
    {
        if (header.ValueKind != JsonValueKind.Object || header.TryGetProperty("crit", out _) || header.TryGetProperty("b64", out _))
        {
            return null;
        }

        var kid = Text(header, "kid");
        return Text(header, "alg") is { } algorithm && SigningAlgorithm.All.Contains(algorithm)
            && IsTokenType(header)
            && (kid is { Length: > 0 and <= LongestKeyId } || !header.TryGetProperty("kid", out _))
                ? new TokenHeader(algorithm, kid)
                : null;
    }

    private static bool IsTokenType(JsonElement header) =>
        !header.TryGetProperty("typ", out _) || Text(header, "typ")?.ToLowerInvariant() is "jwt" or "at+jwt" or "application/at+jwt";

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
