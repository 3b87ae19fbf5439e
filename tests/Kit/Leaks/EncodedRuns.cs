using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Relais.Kit.Leaks;

/// <summary>Finds texts that are encoded as base64 or base64url. Encrypted and hashed values decode to no text and are skipped.</summary>
internal static partial class EncodedRuns
{
    public static IEnumerable<(int Start, int Length, string Text)> Of(string text)
    {
        foreach (Match run in Run().Matches(text))
        {
            // A path may precede the encoded text, and '/' is also a base64 digit, so each segment is tried as well.
            foreach (var part in run.Value.Contains('/', StringComparison.Ordinal)
                ? [run.Value, .. run.Value.Split('/')]
                : new[] { run.Value })
            {
                if (Decode(part) is { } decoded)
                {
                    yield return (run.Index, run.Length, decoded);
                }
            }
        }
    }

    private static string? Decode(string run)
    {
        var digits = run.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Span<byte> start = stackalloc byte[9];
        // Most runs are names and ids: their first nine bytes show that they encode no text.
        if (digits.Length < 12 || digits.Length % 4 == 1
            || !Base64Url.TryDecodeFromChars(digits.AsSpan(0, 12), start, out _)
            || start.IndexOfAnyInRange((byte)0, (byte)8) >= 0)
        {
            return null;
        }

        try
        {
            var bytes = Base64Url.DecodeFromChars(digits);
            return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        }
        catch (FormatException)
        {
            // Bits are left over at the end, so this is not base64.
            return null;
        }
    }

    // Twelve characters encode nine bytes, the length of a national number.
    [GeneratedRegex("[A-Za-z0-9+/_-]{12,}={0,2}")]
    private static partial Regex Run();
}
