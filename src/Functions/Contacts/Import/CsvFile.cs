using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Relais.Contacts.Import;

/// <summary>A file that cannot be read on; <paramref name="line"/> is where, 0 when only the file as a whole can be named.</summary>
internal sealed class CsvFault(int line, string fault) : Exception(fault)
{
    public int Line => line;
}

/// <param name="Line">The line of the file where the record begins, from 1.</param>
internal readonly record struct CsvRecord(int Line, string[] Values);

/// <summary>The records of a CSV file, one at a time: UTF-8, delimiter found by the first line, blank lines left out.</summary>
internal static class CsvFile
{
    private const int LongestField = 10_000;

    public static async IAsyncEnumerable<CsvRecord> ReadAsync(Stream file, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new StreamReader(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true,
            GetDelimiter = args => DelimiterOf(args.Text),
            HasHeaderRecord = false,
            TrimOptions = TrimOptions.Trim,
            MaxFieldSize = LongestField,
            BadDataFound = null,
            // an exception ends in a log
            ExceptionMessagesContainRawData = false,
        });

        while (await NextAsync(parser))
        {
            ct.ThrowIfCancellationRequested();
            var values = parser.Record!;
            if (!values.All(string.IsNullOrWhiteSpace) && !IsSeparatorLine(parser.RawRow, values))
            {
                yield return new CsvRecord(FirstLine(parser), values);
            }
        }
    }

    private static async Task<bool> NextAsync(CsvParser parser)
    {
        try
        {
            return await parser.ReadAsync();
        }
        catch (DecoderFallbackException)
        {
            throw new CsvFault(0, "is not UTF-8: save the file as \"CSV UTF-8\"");
        }
        catch (MaxFieldSizeException)
        {
            throw new CsvFault(parser.RawRow, $"has a value of more than {LongestField} characters; is a quotation mark not closed?");
        }
    }

    private static int FirstLine(CsvParser parser) => parser.RawRow - parser.RawRecord.AsSpan().Trim("\r\n").Count('\n');

    /// <summary>Spreadsheets may write <c>sep=;</c> before the header.</summary>
    private static bool IsSeparatorLine(int row, string[] values) => row == 1 && values[0].StartsWith("sep=", StringComparison.OrdinalIgnoreCase);

    internal static string DelimiterOf(string text)
    {
        var (commas, semicolons, tabs, quoted) = (0, 0, 0, false);
        foreach (var character in text.AsSpan().TrimStart("\r\n"))
        {
            if (!quoted && character is '\n' or '\r')
            {
                break;
            }

            quoted ^= character == '"';
            commas += !quoted && character == ',' ? 1 : 0;
            semicolons += !quoted && character == ';' ? 1 : 0;
            tabs += !quoted && character == '\t' ? 1 : 0;
        }

        return semicolons >= commas && semicolons >= tabs && semicolons > 0 ? ";" : tabs > commas ? "\t" : ",";
    }
}
