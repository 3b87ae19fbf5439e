using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Relais.Access.Invitations;

/// <summary>The secret code of an invitation: ri_ and 32 random bytes as base64url. Only its SHA-256 hash is stored.</summary>
internal static class InvitationCode
{
    public const string Prefix = "ri_";

    public static string Create() => $"{Prefix}{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    public static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
