using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Relais.Kit.Leaks;

/// <summary>What stands in a text as base64 or base64url and is a text itself. What is sealed or hashed is none.</summary>
internal static partial class EncodedRuns
{
    public static IEnumerable<(int Start, int Length, string Text)> Of(string text)
    {
        foreach (Match run in Run().Matches(text))
        {
            // a path may stand before it
            foreach (var part in run.Value.Contains('/', StringComparison.Ordinal) ? [run.Value, .. run.Value.Split('/')] : new[] { run.Value })
            {
                if (Decoded(part) is { } decoded)
                {
                    yield return (run.Index, run.Length, decoded);
                }
            }
        }
    }

    private static string? Decoded(string run)
    {
        var digits = run.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Span<byte> start = stackalloc byte[9];
        // most runs are names and ids: their first bytes tell
        if (digits.Length < 12 || digits.Length % 4 == 1 || !Base64Url.TryDecodeFromChars(digits.AsSpan(0, 12), start, out _) || start.IndexOfAnyInRange((byte)0, (byte)8) >= 0)
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
            // bits are left over at its end
            return null;
        }
    }

    // nine bytes, as many as a national number has
    [GeneratedRegex("[A-Za-z0-9+/_-]{12,}={0,2}")]
    private static partial Regex Run();
}
