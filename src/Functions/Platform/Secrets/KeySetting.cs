namespace Relais.Platform.Secrets;

/// <summary>A key of 32 random bytes, as a setting holds it: base64.</summary>
internal static class KeySetting
{
    private const int Size = 32;

    /// <summary>What is wrong with the text of a setting, to be put behind its name; null: nothing. The text is not shown.</summary>
    public static string? FindFault(string? text)
    {
        var bytes = new byte[2 * Size];
        return !Convert.TryFromBase64String(text ?? "", bytes, out var length) || length != Size
            ? "is not 32 bytes in base64. Make it with \"openssl rand -base64 32\"."
            // such as the zeros of an example: everybody has that key
            : bytes[..Size].Distinct().Count() == 1 ? "is no key: all its bytes are the same. Make it with \"openssl rand -base64 32\"."
            : null;
    }

    /// <param name="text">Without a fault.</param>
    public static byte[] Read(string text) => Convert.FromBase64String(text);
}
