using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Channels.Twilio;

/// <summary>
/// Decodes the body of a long SMS that some carriers deliver as base64. A body is only decoded if it can hardly be a text itself: it is
/// long, has no spaces or punctuation, and the decoded text is readable.
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

        // Twilio cuts a body at 1,600 characters, which may split a base64 group of four and a character of the text.
        var groups = packed[..(packed.Length - (packed.Length % 4))];
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(groups.Length)];
        return Convert.TryFromBase64String(groups, bytes, out var length) && ReadText(bytes.AsSpan(0, length)) is { } text ? text : body;
    }

    /// <returns>The text; null: the bytes are not a readable text.</returns>
    private static string? ReadText(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(WithoutCutCharacter(bytes));
        return text.Contains(' ', StringComparison.Ordinal) && text.All(IsPrintable) ? text : null;
    }

    private static bool IsPrintable(char character) => character is '\n' or '\r' or '\t'
        || (character != '\uFFFD' && char.GetUnicodeCategory(character) is not (
            UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse));

    /// <summary>Removes an incomplete UTF-8 character at the end.</summary>
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
