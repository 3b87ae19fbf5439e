using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Relais.Platform.Secrets;

/// <summary>
/// Computes the hash that replaces an erased person's address where an opt-out must still match: HMAC-SHA-256 over tenant and address, with
/// a key that is not in the database. The prefix identifies the key, so that the app detects a different key.
/// </summary>
internal sealed class AddressHash
{
    /// <summary>Replaces an erased address where nothing has to match it any more.</summary>
    public const string Erased = "erased";

    private const int KeySize = 32;
    private readonly byte[]? key;

    /// <param name="key">32 bytes. Null: erasure is off, and the database must not contain erased persons.</param>
    public AddressHash(byte[]? key)
    {
        if (key is not null && key.Length != KeySize)
        {
            throw new ArgumentException($"The key has {key.Length} bytes instead of {KeySize}.");
        }

        this.key = key;
        Prefix = $"{Erased}:{(key is null ? "" : Convert.ToHexStringLower(SHA256.HashData(key))[..8])}:";
    }

    public bool HasKey => key is not null;

    /// <summary>The beginning of every hash with this key, such as "erased:1a2b3c4d:".</summary>
    public string Prefix { get; }

    public static bool IsErased(string address) => address.StartsWith(Erased, StringComparison.Ordinal);

    /// <summary>The hash of a person's address, the same for every spelling of a number.</summary>
    /// <exception cref="InvalidOperationException">There is no key.</exception>
    public string Hash(Guid tenantId, string address) => Compute(tenantId, AddressKey.From(address));

    /// <returns>The same as <see cref="Hash"/>; null when there is no key.</returns>
    public string? TryHash(Guid tenantId, string address) => HasKey ? Hash(tenantId, address) : null;

    /// <summary>
    /// All hashes that a stored row may contain for the address; the first is the result of <see cref="Hash"/>. Older rows contain the hash
    /// of the spelling that was received, not of the address key.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no key.</exception>
    public string[] HashAll(Guid tenantId, string address) =>
        [.. AddressKey.Spellings(address).Select(spelling => Compute(tenantId, spelling))];

    private string Compute(Guid tenantId, string text) => key is null
        ? throw new InvalidOperationException("The setting Privacy__HashKey is missing.")
        : Prefix + Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{tenantId:D}\n{text}")));
}
