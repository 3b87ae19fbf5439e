using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Relais.Contacts.Import;

/// <summary>Reads the records of a CSV file one at a time, without blank lines.</summary>
internal static class CsvFile
{
    private const int MaxFieldLength = 10_000;

    /// <param name="file">Positioned after the byte order mark.</param>
    public static IEnumerable<CsvRecord> Read(Stream file, Encoding encoding, char delimiter)
    {
        using var reader = new StreamReader(file, encoding, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            HasHeaderRecord = false,
            // Blank lines are skipped below, because the parser would leave them out of the line numbers.
            IgnoreBlankLines = false,
            TrimOptions = TrimOptions.Trim,
            MaxFieldSize = MaxFieldLength,
            BadDataFound = null,
            // Exceptions are logged, and logs must not contain contact data.
            ExceptionMessagesContainRawData = false,
        });

        for (var line = 1; ReadRecord(parser, delimiter, line); line += QuoteScan.CountLineEnds(parser.RawRecord))
        {
            var values = parser.Record!;
            if (!values.All(string.IsNullOrWhiteSpace) && !(line == 1 && IsSeparatorLine(values)))
            {
                yield return new CsvRecord(line, values);
            }
        }
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

    /// <summary>Whether the line is <c>sep=;</c>, which spreadsheets may write before the header.</summary>
    private static bool IsSeparatorLine(string[] values) => values[0].StartsWith("sep=", StringComparison.OrdinalIgnoreCase);
}
