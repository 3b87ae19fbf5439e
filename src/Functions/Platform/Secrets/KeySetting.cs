namespace Relais.Platform.Secrets;

/// <summary>A key of 32 random bytes, as a setting holds it: base64.</summary>
internal static class KeySetting
{
    private const int Size = 32;

    /// <param name="name">As the environment has it; the value is never shown.</param>
    /// <param name="text">The value.</param>
    public static byte[] Read(string name, string? text)
    {
        var bytes = new byte[2 * Size];
        if (!Convert.TryFromBase64String(text ?? "", bytes, out var length) || length != Size)
        {
            throw new InvalidOperationException($"The setting {name} is not 32 bytes in base64. Make it with: openssl rand -base64 32");
        }

        // such as the zeros of an example: everybody has that key
        return bytes[..Size].Distinct().Count() > 1
            ? bytes[..Size]
            : throw new InvalidOperationException($"The setting {name} is no key: all its bytes are the same. Make it with: openssl rand -base64 32");
    }
}
