using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Relais.Access;

/// <summary>A tenant's API key: rk_ and 32 random bytes as base64url. Only its SHA-256 is stored.</summary>
internal static partial class ApiKey
{
    public static string Create() => $"rk_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}";

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The key in X-Api-Key or Authorization: Bearer; null when there is none of the right form.</summary>
    public static string? From(IHeaderDictionary headers)
    {
        var given = headers["X-Api-Key"].ToString() is { Length: > 0 } own ? own : Bearer(headers.Authorization.ToString());
        return given is not null && Form().IsMatch(given) ? given : null;
    }

    private static string? Bearer(string header) =>
        header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;

    [GeneratedRegex(@"^rk_[A-Za-z0-9_-]{43}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
