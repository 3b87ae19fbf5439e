using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Access.Keys;

/// <summary>The API key of a tenant: rk_ and 32 random bytes as base64url. Only its SHA-256 hash is stored.</summary>
internal static partial class ApiKey
{
    public const string Prefix = "rk_";

    public static string Create() => $"{Prefix}{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static bool IsWellFormed(string text) => Format().IsMatch(text);

    [GeneratedRegex(@"^rk_[A-Za-z0-9_-]{43}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Format();
}
