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
    private readonly byte[]? key;

    /// <param name="key">32 bytes; null: nobody can be erased, and the database must not hold anybody who was.</param>
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

    /// <summary>How every hash under this key begins.</summary>
    public string Prefix { get; }

    public static bool IsErased(string address) => address.StartsWith(Erased, StringComparison.Ordinal);

    /// <summary>The hash of a person's address, the same for every spelling of a number.</summary>
    /// <exception cref="InvalidOperationException">There is no key.</exception>
    public string Hash(Guid tenantId, string address) => Compute(tenantId, AddressKey.From(address));

    /// <summary>As <see cref="Hash"/>; null when there is no key.</summary>
    public string? TryHash(Guid tenantId, string address) => HasKey ? Hash(tenantId, address) : null;

    /// <summary>
    /// Every hash that may stand for the address; the first one is <see cref="Hash"/>. Rows written before addresses were compared by key hold
    /// the hash of one spelling.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no key.</exception>
    public string[] HashAll(Guid tenantId, string address) =>
        [.. AddressKey.Spellings(address).Select(spelling => Compute(tenantId, spelling))];

    private string Compute(Guid tenantId, string text) => key is null
        ? throw new InvalidOperationException("The setting Privacy__HashKey is missing.")
        : Prefix + Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{tenantId:D}\n{text}")));
}
