using System.Text;

namespace Functions.Tests.Contacts.Generated;

/// <summary>Writes the lines of one file in the manner that chance gives it, and knows on which line it is.</summary>
internal sealed class CsvWriter
{
    private readonly SeededChance chance;
    private readonly StringBuilder text = new();
    private readonly string[] lineEnds;
    private readonly int quoteOneIn;
    private readonly bool hasSpacesAround;

    public CsvWriter(SeededChance chance, int columns)
    {
        this.chance = chance;
        // a single title shows no delimiter, and a comma is taken for it
        Delimiter = columns == 1 ? "," : chance.Of(",", ",", ";", ";", "\t");
        lineEnds = chance.Of<string[]>(["\n"], ["\n"], ["\r\n"], ["\r\n"], ["\r"], ["\n", "\r\n"], ["\n", "\r\n", "\r"]);
        quoteOneIn = chance.Of(0, 0, 1, 2, 5);
        hasSpacesAround = chance.OneIn(6);
    }

    public string Delimiter { get; }

    /// <summary>The line that is written next, from 1.</summary>
    public int Line { get; private set; } = 1;

    public string Text => text.ToString();

    public void Row(IEnumerable<string> cells) => Raw(string.Join(Delimiter, cells.Select(Cell)));

    /// <summary>A line as it is, and its end.</summary>
    public void Raw(string line)
    {
        var end = chance.Of(lineEnds);
        // a CR and the LF of an empty line behind it would be one line end
        end = line.Length == 0 && end == "\n" && text.Length > 0 && text[^1] == '\r' ? "\r\n" : end;
        text.Append(line).Append(end);
        Line += 1 + LineBreaks(line);
    }

    /// <summary>Nothing but spaces and delimiters; a reader leaves it out.</summary>
    public void Blank(int columns) => Raw(chance.Of("", "", "  ", string.Concat(Enumerable.Repeat(Delimiter, columns - 1)), "\"\""));

    public void WithoutLastLineEnd()
    {
        while (text.Length > 0 && text[^1] is '\r' or '\n')
        {
            text.Length--;
        }
    }

    public static int LineBreaks(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Count(one => one is '\r' or '\n');

    private string Cell(string value)
    {
        var mustQuote = value.Contains(Delimiter, StringComparison.Ordinal) || value.IndexOfAny(['\r', '\n']) >= 0 || value.TrimStart(' ').StartsWith('"');
        var isQuoted = mustQuote || (quoteOneIn > 0 && chance.OneIn(quoteOneIn));
        var cell = isQuoted ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
        return hasSpacesAround && chance.OneIn(3) ? $" {cell} " : cell;
    }
}
