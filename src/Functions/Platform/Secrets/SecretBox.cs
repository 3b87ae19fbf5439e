using System.Security.Cryptography;
using System.Text;

namespace Relais.Platform.Secrets;

/// <summary>
/// A stored secret cannot be decrypted, because its key is missing or has another value. Configuring the right key makes it readable again.
/// </summary>
internal sealed class UnreadableSecretException(string message) : CryptographicException(message);

/// <summary>
/// Encrypts provider secrets with AES-256-GCM. Sealed form: nonce (12 bytes), tag (16 bytes), ciphertext. The owner's id is associated
/// data, so that a secret copied to another tenant's row cannot be decrypted. Old keys stay in the ring until all secrets use the new key.
/// </summary>
internal sealed class SecretBox
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly IReadOnlyDictionary<string, byte[]> keys;

    /// <param name="keys">Key id to 32 bytes.</param>
    /// <param name="activeKeyId">The key that encrypts new secrets; it must be in <paramref name="keys"/>.</param>
    public SecretBox(IReadOnlyDictionary<string, byte[]> keys, string activeKeyId)
    {
        foreach (var (id, key) in keys)
        {
            if (key.Length != 32)
            {
                throw new ArgumentException($"The secret key '{id}' has {key.Length} bytes instead of 32.");
            }
        }

        if (!keys.ContainsKey(activeKeyId))
        {
            throw new ArgumentException($"The active secret key '{activeKeyId}' is not in the key ring.");
        }

        this.keys = keys;
        ActiveKeyId = activeKeyId;
    }

    public string ActiveKeyId { get; }

    /// <param name="secret">The text to encrypt.</param>
    /// <param name="owner">Id of the row that stores the secret; <see cref="Open"/> needs the same id.</param>
    public byte[] Seal(string secret, Guid owner)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var box = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(keys[ActiveKeyId], TagSize);
        aes.Encrypt(box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), owner.ToByteArray());
        return box;
    }

    /// <exception cref="UnreadableSecretException">
    /// The key is not in the ring, the sealed secret is damaged, or it belongs to another owner.
    /// </exception>
    public string Open(byte[] box, string keyId, Guid owner)
    {
        if (!keys.TryGetValue(keyId, out var key))
        {
            throw new UnreadableSecretException($"The secret key '{keyId}' is not in the key ring.");
        }

        if (box.Length < NonceSize + TagSize)
        {
            throw new UnreadableSecretException("The sealed secret is too short.");
        }

        var plain = new byte[box.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        try
        {
            aes.Decrypt(
                box.AsSpan(0, NonceSize), box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), plain, owner.ToByteArray());
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new UnreadableSecretException($"The secret key '{keyId}' does not open this sealed secret.");
        }

        return Encoding.UTF8.GetString(plain);
    }
}
