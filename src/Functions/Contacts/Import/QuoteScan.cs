using System.Globalization;

namespace Relais.Contacts.Import;

/// <summary>
/// Checks that the quotation marks of a record follow RFC 4180. After a misplaced or missing mark, CSV parsers take the following rows for
/// part of the value. In a value that does not begin with a quotation mark, quotation marks are text.
/// </summary>
internal static class QuoteScan
{
    // A longer value is probably the rest of the file after a mark that is not closed.
    private const int MaxLines = 100;

    private enum QuoteState { Start, Plain, Quoted, MarkInQuoted, Closed, Misplaced }

    /// <param name="record">The text of the record with its line end.</param>
    /// <param name="line">The line of the file where the record begins.</param>
    public static void Check(ReadOnlySpan<char> record, char delimiter, int line)
    {
        var (state, opened) = (QuoteState.Start, line);
        for (var i = 0; i < record.Length; i++)
        {
            var next = NextState(state, record[i], delimiter);
            opened = next == QuoteState.Quoted && state == QuoteState.Start ? line : opened;
            state = next;
            line += IsLineEnd(record, i) ? 1 : 0;
            if (state == QuoteState.Misplaced)
            {
                throw new FileFault(opened, "file_text_after_quote", Text(opened));
            }

            if (state == QuoteState.Quoted && line - opened > MaxLines)
            {
                throw new FileFault(opened, "file_quote_too_long", Text(opened), Text(MaxLines));
            }
        }

        if (state == QuoteState.Quoted)
        {
            throw new FileFault(opened, "file_quote_unclosed", Text(opened));
        }
    }

    /// <returns>The number of line ends in a text: CR, LF, or both together.</returns>
    public static int CountLineEnds(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = text.IndexOfAny('\r', '\n'); i >= 0 && i < text.Length; i++)
        {
            count += IsLineEnd(text, i) ? 1 : 0;
        }

        return count;
    }

    private static QuoteState NextState(QuoteState state, char character, char delimiter) => state switch
    {
        QuoteState.Quoted => character == '"' ? QuoteState.MarkInQuoted : QuoteState.Quoted,
        // Two quotation marks stand for a quotation mark in the value.
        QuoteState.MarkInQuoted when character == '"' => QuoteState.Quoted,
        _ when character == delimiter || character is '\r' or '\n' => QuoteState.Start,
        QuoteState.MarkInQuoted or QuoteState.Closed => character == ' ' ? QuoteState.Closed : QuoteState.Misplaced,
        QuoteState.Start => character == '"' ? QuoteState.Quoted : character == ' ' ? QuoteState.Start : QuoteState.Plain,
        _ => QuoteState.Plain,
    };

    private static bool IsLineEnd(ReadOnlySpan<char> text, int i) =>
        text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n'));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
