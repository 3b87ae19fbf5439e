using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Relais.Conformance.Json;

/// <summary>
/// Converts JSON to plain values and back, in the notation of the recording: whole numbers and fractions stay distinct, only the necessary
/// escapes are written, and non-ASCII characters stay.
/// </summary>
internal static class JsonText
{
    internal static object? Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 256 });
        using var document = JsonDocument.ParseValue(ref reader);
        return reader.Read() ? throw new JsonException("more than one value") : Value(document.RootElement);
    }

    internal static object? Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    internal static bool TryParse(string text, out object? value)
    {
        try
        {
            value = Parse(text);
            return true;
        }
        catch (JsonException)
        {
            value = null;
            return false;
        }
    }

    internal static string Write(object? value, bool indented = false, bool ascii = true)
    {
        var text = new StringBuilder();
        new Writer(text, indented, ascii).Append(value, 0);
        return text.ToString();
    }

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Members(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => Number(element.GetRawText()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static Fields Members(JsonElement element)
    {
        var members = new Fields();
        foreach (var member in element.EnumerateObject())
        {
            members[member.Name] = Value(member.Value);
        }

        return members;
    }

    private static object Number(string raw)
    {
        if (raw.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return double.Parse(raw, CultureInfo.InvariantCulture);
        }

        return long.TryParse(raw, CultureInfo.InvariantCulture, out var whole)
            ? (object)whole
            : BigInteger.Parse(raw, CultureInfo.InvariantCulture);
    }

    private sealed class Writer(StringBuilder text, bool indented, bool ascii)
    {
        internal void Append(object? value, int depth)
        {
            switch (value)
            {
                case null: text.Append("null"); break;
                case string s: Quote(s); break;
                case bool b: text.Append(b ? "true" : "false"); break;
                case double d: text.Append(Fraction(d)); break;
                case int or long or BigInteger: text.Append(CultureInfo.InvariantCulture, $"{value}"); break;
                case Fields fields: Block('{', '}', fields, member => Member(member, depth + 1), depth); break;
                case IEnumerable items: Block('[', ']', items.Cast<object?>(), item => Append(item, depth + 1), depth); break;
                default: throw new NotSupportedException(value.GetType().Name);
            }
        }

        private void Member(KeyValuePair<string, object?> member, int depth)
        {
            Quote(member.Key);
            text.Append(": ");
            Append(member.Value, depth);
        }

        private void Block<T>(char open, char close, IEnumerable<T> items, Action<T> append, int depth)
        {
            text.Append(open);
            var first = true;
            foreach (var item in items)
            {
                text.Append(first ? "" : indented ? "," : ", ");
                NewLine(depth + 1);
                append(item);
                first = false;
            }

            if (!first)
            {
                NewLine(depth);
            }

            text.Append(close);
        }

        private void NewLine(int depth)
        {
            if (indented)
            {
                text.Append('\n').Append(' ', depth);
            }
        }

        private void Quote(string s)
        {
            text.Append('"');
            foreach (var c in s)
            {
                _ = c switch
                {
                    '"' => text.Append("\\\""),
                    '\\' => text.Append("\\\\"),
                    '\n' => text.Append("\\n"),
                    '\r' => text.Append("\\r"),
                    '\t' => text.Append("\\t"),
                    '\b' => text.Append("\\b"),
                    '\f' => text.Append("\\f"),
                    < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    > '~' when ascii => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    _ => text.Append(c),
                };
            }

            text.Append('"');
        }

        private static string Fraction(double d)
        {
            var shortest = d.ToString("R", CultureInfo.InvariantCulture);
            return shortest.AsSpan().ContainsAny('.', 'E') ? shortest : shortest + ".0";
        }
    }
}
