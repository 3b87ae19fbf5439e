using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Relais.Contacts.Import;

/// <param name="Line">The line of the file where the record begins, from 1.</param>
internal readonly record struct CsvRecord(int Line, string[] Values);

/// <summary>The records of a CSV file, one at a time, blank lines left out.</summary>
internal static class CsvFile
{
    private const int MaxFieldLength = 10_000;
    private const int MaxHeaderLength = 64 * 1024;

    private static readonly char[] Delimiters = [';', ',', '\t'];

    /// <param name="file">At its first character, behind the mark of the encoding.</param>
    public static IEnumerable<CsvRecord> Read(Stream file, Encoding encoding, char delimiter)
    {
        using var reader = new StreamReader(file, encoding, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            HasHeaderRecord = false,
            // counted here
            IgnoreBlankLines = false,
            TrimOptions = TrimOptions.Trim,
            MaxFieldSize = MaxFieldLength,
            BadDataFound = null,
            // an exception ends in a log
            ExceptionMessagesContainRawData = false,
        });

        for (var line = 1; ReadRecord(parser, delimiter, line); line += QuoteScan.LineEnds(parser.RawRecord))
        {
            var values = parser.Record!;
            if (!values.All(string.IsNullOrWhiteSpace) && !(line == 1 && IsSeparatorLine(values)))
            {
                yield return new CsvRecord(line, values);
            }
        }
    }

    /// <summary>The delimiters that the first line with text may have, the most likely one first.</summary>
    public static IReadOnlyList<char> RankDelimiters(Stream file, Encoding encoding)
    {
        // whether the text can be decoded is found when it is read
        var lenient = (Encoding)encoding.Clone();
        lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
        using var reader = new StreamReader(file, lenient, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var text = new char[MaxHeaderLength];
        return RankDelimiters(text.AsSpan(0, reader.ReadBlock(text)));
    }

    internal static IReadOnlyList<char> RankDelimiters(ReadOnlySpan<char> text)
    {
        var (counts, quoted, isBlank) = (new int[Delimiters.Length], false, true);
        foreach (var character in text)
        {
            if (!quoted && character is '\n' or '\r')
            {
                if (!isBlank)
                {
                    break;
                }

                Array.Clear(counts);
            }

            quoted ^= character == '"';
            var delimiter = Array.IndexOf(Delimiters, character);
            isBlank &= delimiter >= 0 || character == '"' || char.IsWhiteSpace(character);
            if (!quoted && delimiter >= 0)
            {
                counts[delimiter]++;
            }
        }

        var found = Delimiters.Zip(counts).Where(one => one.Second > 0).OrderByDescending(one => one.Second).Select(one => one.First).ToList();
        return found.Count > 0 ? found : [','];
    }

    private static bool ReadRecord(CsvParser parser, char delimiter, int line)
    {
        try
        {
            if (!parser.Read())
            {
                return false;
            }
        }
        catch (MaxFieldSizeException)
        {
            QuoteScan.Check(parser.RawRecord, delimiter, line);
            throw new FileFault(line, "file_value_too_long", MaxFieldLength.ToString(CultureInfo.InvariantCulture));
        }

        if (parser.RawRecord.Contains('"', StringComparison.Ordinal))
        {
            QuoteScan.Check(parser.RawRecord, delimiter, line);
        }

        return true;
    }

    /// <summary>Spreadsheets may write <c>sep=;</c> before the header.</summary>
    private static bool IsSeparatorLine(string[] values) => values[0].StartsWith("sep=", StringComparison.OrdinalIgnoreCase);
}
