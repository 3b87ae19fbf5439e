using System.Buffers;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Relais.Kit.Leaks;

/// <summary>A value that was found in an output that must not contain it. The value itself is masked.</summary>
public sealed record Leak(string Kind, string Place, string Line)
{
    public override string ToString() => $"{Kind} in {Place}: {Line}";
}

/// <summary>
/// Values that must not appear in any output: texts in every form in which they are written, phone numbers, and everything that looks like
/// a key or a token.
/// </summary>
public sealed partial class SecretValues
{
    private const int ShortestText = 5;
    private const int ShortestSecret = 12;
    private const int LongestLine = 300;
    private const int Slice = 24;
    private const int MinDistinctLetters = 6;

    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    private readonly SecretNumbers numbers = new();
    private SearchValues<string>? search;

    public int Count => texts.Count + numbers.Count;

    /// <param name="kind">Name of the value in the report.</param>
    /// <param name="value">The text. Texts of fewer than five characters are ignored, because they occur everywhere.</param>
    public void Add(string kind, string? value)
    {
        if (value is null || value.Length < ShortestText)
        {
            return;
        }

        string[] forms =
        [
            value, Uri.EscapeDataString(value), WebUtility.UrlEncode(value), JavaScriptEncoder.Default.Encode(value),
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value),
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value)).TrimEnd('='),
        ];
        foreach (var form in forms)
        {
            texts.TryAdd(form, kind);
        }

        search = null;
    }

    /// <summary>
    /// Adds a secret of at least 12 characters. A shorter value may be an ordinary word, such as "token" in a test of a refusal.
    /// </summary>
    public void AddSecret(string kind, string? value)
    {
        if (value is { Length: >= ShortestSecret })
        {
            Add(kind, value);
        }
    }

    /// <summary>
    /// Adds a text as <see cref="Add"/> does, and its lines and parts as well: a long text may be cut before it is logged. Any part of 48
    /// characters is found.
    /// </summary>
    public void AddText(string kind, string? value)
    {
        Add(kind, value);
        var lines = value?.Split('\n', StringSplitOptions.TrimEntries) ?? [];
        // A line of dashes or of one repeated letter could occur in any text.
        foreach (var line in lines.Where(line => line.Length >= Slice && line.Distinct().Count() >= MinDistinctLetters))
        {
            if (lines.Length > 1)
            {
                Add($"line of a {kind}", line);
            }

            for (var at = 0; at + Slice <= line.Length && line.Length > Slice; at += Slice)
            {
                Add($"part of a {kind}", line.Substring(at, Slice));
            }
        }
    }

    /// <summary>Adds every E.164 number in the text.</summary>
    public void AddNumbers(string text) => numbers.AddFrom(text);

    /// <param name="digits">E.164 without its +.</param>
    public void AddNumber(string digits) => numbers.Add(digits);

    /// <summary>Finds the values in a text and returns one leak for each kind in each line.</summary>
    public IEnumerable<Leak> FindIn(string place, string text)
    {
        var spans = Spans(text);
        return spans.Count == 0 ? [] : spans
            .GroupBy(span => LineStart(text, span.Start))
            .SelectMany(line =>
                line.Select(span => span.Kind).Distinct()
                    .Select(kind => new Leak(kind, MaskLine(place, 0, Spans(place)), MaskLine(text, line.Key, line))));
    }

    private List<(int Start, int Length, string Kind)> Spans(string text)
    {
        var spans = new List<(int Start, int Length, string Kind)>();
        FindTexts(text, spans);
        numbers.FindIn(text, spans);
        foreach (var (start, length, inner) in EncodedRuns.Of(text))
        {
            spans.AddRange(Spans(inner).Select(found => (start, length, found.Kind)));
        }

        foreach (var match in Secret().EnumerateMatches(text))
        {
            spans.Add(
                (match.Index, match.Length,
                    text[match.Index] == 'e' ? "bearer token" : text[match.Index + 1] == 'k' ? "API key" : "invitation code"));
        }

        return spans;
    }

    private void FindTexts(string text, List<(int Start, int Length, string Kind)> spans)
    {
        if (texts.Count == 0)
        {
            return;
        }

        search ??= SearchValues.Create([.. texts.Keys], StringComparison.Ordinal);
        for (var at = 0; ;)
        {
            var next = text.AsSpan(at).IndexOfAny(search);
            if (next < 0)
            {
                return;
            }

            at += next;
            var remaining = text.AsSpan(at);
            var found = "";
            foreach (var value in texts.Keys)
            {
                if (value.Length > found.Length && remaining.StartsWith(value, StringComparison.Ordinal))
                {
                    found = value;
                }
            }

            spans.Add((at, found.Length, texts[found]));
            at += found.Length;
        }
    }

    private static int LineStart(string text, int at) => at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;

    private static string MaskLine(string text, int start, IEnumerable<(int Start, int Length, string Kind)> spans)
    {
        var end = text.IndexOf('\n', start) is >= 0 and var newLine ? newLine : text.Length;
        var (line, at) = ("", start);
        foreach (var (position, length, kind) in spans.OrderBy(span => span.Start).Where(span => span.Start >= start))
        {
            if (position < at)
            {
                continue;
            }

            line += $"{text[at..position]}‹{kind}, {length} characters›";
            at = position + length;
        }

        line += at < end ? text[at..end] : "";
        return line.Length <= LongestLine ? line : Shorten(line);
    }

    private static string Shorten(string line)
    {
        var from = Math.Clamp(line.IndexOf('‹', StringComparison.Ordinal) - (LongestLine / 2), 0, line.Length - LongestLine);
        return $"…{line.AsSpan(from, LongestLine)}…";
    }

    [GeneratedRegex(@"\brk_[A-Za-z0-9_-]{43}|\bri_[A-Za-z0-9_-]{43}|\beyJ[A-Za-z0-9_-]{10,}")]
    private static partial Regex Secret();
}
