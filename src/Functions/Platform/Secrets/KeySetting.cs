namespace Relais.Platform.Secrets;

/// <summary>Checks and reads a setting that holds a key: 32 random bytes in base64.</summary>
internal static class KeySetting
{
    private const int Size = 32;

    /// <returns>
    /// The fault as the end of a sentence that begins with the setting's name; null when the text is valid. It never contains the text,
    /// because the text may be a secret.
    /// </returns>
    public static string? FindFault(string? text)
    {
        var bytes = new byte[2 * Size];
        return !Convert.TryFromBase64String(text ?? "", bytes, out var length) || length != Size
            ? "is not 32 bytes in base64. Make it with \"openssl rand -base64 32\"."
            // Such as the zeros of a published example, which everybody knows.
            : bytes[..Size].Distinct().Count() == 1 ? "is no key: all its bytes are the same. Make it with \"openssl rand -base64 32\"."
            : null;
    }

    /// <param name="text">A text for which <see cref="FindFault"/> returns null.</param>
    public static byte[] Read(string text) => Convert.FromBase64String(text);
}
