using System.Security.Cryptography;
using System.Text;

namespace Relais.Platform.Secrets;

/// <summary>A key is missing or has another value: nothing is lost, whoever has the right key opens it.</summary>
internal sealed class UnreadableSecretException(string message) : CryptographicException(message);

/// <summary>
/// AES-256-GCM. Sealed form: nonce (12 bytes), tag (16), ciphertext. The owner's id is associated data, so that a
/// secret copied to another tenant's row does not open. Old keys stay in the ring until everything is sealed anew.
/// </summary>
internal sealed class SecretBox
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly IReadOnlyDictionary<string, byte[]> keys;

    /// <param name="keys">Key id to 32 bytes.</param>
    /// <param name="activeKeyId">Seals from now on; must be in the ring.</param>
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

    public byte[] Seal(string secret, Guid owner)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var box = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(keys[ActiveKeyId], TagSize);
        aes.Encrypt(box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), owner.ToByteArray());
        return box;
    }

    /// <exception cref="UnreadableSecretException">The key is gone, the box is damaged, or it belongs to another owner.</exception>
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
            aes.Decrypt(box.AsSpan(0, NonceSize), box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), plain, owner.ToByteArray());
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new UnreadableSecretException($"The secret key '{keyId}' does not open this sealed secret.");
        }

        return Encoding.UTF8.GetString(plain);
    }
}
