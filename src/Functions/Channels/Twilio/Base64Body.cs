using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Channels.Twilio;

/// <summary>
/// Some carriers deliver a long SMS as the base64 of its text. Only a text that can be nothing else is decoded: long, without a single
/// blank or mark between its words, and readable afterwards.
/// </summary>
internal static partial class Base64Body
{
    private const int MinLength = 60;

    /// <returns>The decoded text, or the body as it is.</returns>
    public static string Decode(string body)
    {
        var packed = LineBreaks().Replace(body, "");
        if (packed.Length < MinLength || !Alphabet().IsMatch(packed))
        {
            return body;
        }

        // a body is cut at 1,600 characters, perhaps within a group of four and within a character
        var whole = packed[..(packed.Length - (packed.Length % 4))];
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(whole.Length)];
        return Convert.TryFromBase64String(whole, bytes, out var length) && Readable(bytes.AsSpan(0, length)) is { } text ? text : body;
    }

    private static string? Readable(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(WithoutCutCharacter(bytes));
        return text.Contains(' ', StringComparison.Ordinal) && text.All(IsPrintable) ? text : null;
    }

    private static bool IsPrintable(char character) => character is '\n' or '\r' or '\t'
        || (character != '\uFFFD' && char.GetUnicodeCategory(character) is not (UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse));

    private static ReadOnlySpan<byte> WithoutCutCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var n = 1; n <= Math.Min(3, bytes.Length); n++)
        {
            var lead = bytes[^n];
            var length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
            if (length > n)
            {
                return bytes[..^n];
            }
        }

        return bytes;
    }

    [GeneratedRegex(@"[\r\n]")]
    private static partial Regex LineBreaks();

    [GeneratedRegex(@"^[A-Za-z0-9+/]+={0,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Alphabet();
}
