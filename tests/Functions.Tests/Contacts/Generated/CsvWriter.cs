using System.Text;

namespace Functions.Tests.Contacts.Generated;

/// <summary>Writes the lines of one file with random delimiters, quotes and line ends, and counts the lines.</summary>
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
        // A single title shows no delimiter, so the import assumes a comma.
        Delimiter = columns == 1 ? "," : chance.Of(",", ",", ";", ";", "\t");
        lineEnds = chance.Of<string[]>(["\n"], ["\n"], ["\r\n"], ["\r\n"], ["\r"], ["\n", "\r\n"], ["\n", "\r\n", "\r"]);
        quoteOneIn = chance.Of(0, 0, 1, 2, 5);
        hasSpacesAround = chance.OneIn(6);
    }

    public string Delimiter { get; }

    /// <summary>The number of the next line; the first line is 1.</summary>
    public int Line { get; private set; } = 1;

    public string Text => text.ToString();

    public void Row(IEnumerable<string> cells) => Raw(string.Join(Delimiter, cells.Select(Cell)));

    /// <summary>Writes the line unchanged, followed by a line end.</summary>
    public void Raw(string line)
    {
        var end = chance.Of(lineEnds);
        // A CR followed by the LF of an empty line would count as one line end.
        end = line.Length == 0 && end == "\n" && text.Length > 0 && text[^1] == '\r' ? "\r\n" : end;
        text.Append(line).Append(end);
        Line += 1 + LineBreaks(line);
    }

    /// <summary>Writes a line of spaces and delimiters only, which the import skips.</summary>
    public void Blank(int columns) => Raw(chance.Of("", "", "  ", string.Concat(Enumerable.Repeat(Delimiter, columns - 1)), "\"\""));

    public void WithoutLastLineEnd()
    {
        while (text.Length > 0 && text[^1] is '\r' or '\n')
        {
            text.Length--;
        }
    }

    public static int LineBreaks(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Count(character => character is '\r' or '\n');

    private string Cell(string value)
    {
        var mustQuote = value.Contains(Delimiter, StringComparison.Ordinal)
            || value.IndexOfAny(['\r', '\n']) >= 0
            || value.TrimStart(' ').StartsWith('"');
        var isQuoted = mustQuote || (quoteOneIn > 0 && chance.OneIn(quoteOneIn));
        var cell = isQuoted ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
        return hasSpacesAround && chance.OneIn(3) ? $" {cell} " : cell;
    }
}
