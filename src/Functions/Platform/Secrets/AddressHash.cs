using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Relais.Platform.Secrets;

/// <summary>
/// What stands in the place of an erased person's address where the person must be recognised again: HMAC-SHA-256 over tenant and
/// address, under a key that the database does not have. The prefix names the key, so that another key is noticed.
/// </summary>
internal sealed class AddressHash
{
    /// <summary>In the place of an address that nothing has to recognise any more.</summary>
    public const string Erased = "erased";

    private const int KeySize = 32;
    private readonly byte[] key;

    /// <param name="key">32 bytes.</param>
    public AddressHash(byte[] key)
    {
        if (key.Length != KeySize)
        {
            throw new ArgumentException($"The key has {key.Length} bytes instead of {KeySize}.");
        }

        this.key = key;
        Prefix = $"{Erased}:{Convert.ToHexStringLower(SHA256.HashData(key))[..8]}:";
    }

    /// <summary>How every hash under this key begins.</summary>
    public string Prefix { get; }

    public static bool IsErased(string address) => address.StartsWith(Erased, StringComparison.Ordinal);

    public string Of(Guid tenantId, string address) =>
        Prefix + Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{tenantId:D}\n{address}")));
}
