using System.Globalization;

namespace Relais.Contacts.Import;

/// <summary>
/// Checks the quotation marks of a record as RFC 4180 has them. CSV parsers read on behind a mark that is misplaced or missing, and take the
/// following rows for a part of the value. Marks inside a value that does not begin with one are text. Pure.
/// </summary>
internal static class QuoteScan
{
    // a longer value is the rest of the file behind a mark that is not closed
    private const int MaxLines = 100;

    private enum QuoteState { Start, Plain, Quoted, Mark, Closed, Misplaced }

    /// <param name="record">With its line end.</param>
    /// <param name="line">The line of the file where the record begins.</param>
    public static void Check(ReadOnlySpan<char> record, char delimiter, int line)
    {
        var (place, opened) = (QuoteState.Start, line);
        for (var i = 0; i < record.Length; i++)
        {
            var next = NextState(place, record[i], delimiter);
            opened = next == QuoteState.Quoted && place == QuoteState.Start ? line : opened;
            place = next;
            line += IsLineEnd(record, i) ? 1 : 0;
            if (place == QuoteState.Misplaced)
            {
                throw new FileFault(opened, "file_text_after_quote", Text(opened));
            }

            if (place == QuoteState.Quoted && line - opened > MaxLines)
            {
                throw new FileFault(opened, "file_quote_too_long", Text(opened), Text(MaxLines));
            }
        }

        if (place == QuoteState.Quoted)
        {
            throw new FileFault(opened, "file_quote_unclosed", Text(opened));
        }
    }

    /// <summary>How many lines end in a text: with CR, LF or both.</summary>
    public static int LineEnds(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = text.IndexOfAny('\r', '\n'); i >= 0 && i < text.Length; i++)
        {
            count += IsLineEnd(text, i) ? 1 : 0;
        }

        return count;
    }

    private static QuoteState NextState(QuoteState place, char character, char delimiter) => place switch
    {
        QuoteState.Quoted => character == '"' ? QuoteState.Mark : QuoteState.Quoted,
        // two marks are one mark of the value
        QuoteState.Mark when character == '"' => QuoteState.Quoted,
        _ when character == delimiter || character is '\r' or '\n' => QuoteState.Start,
        QuoteState.Mark or QuoteState.Closed => character == ' ' ? QuoteState.Closed : QuoteState.Misplaced,
        QuoteState.Start => character == '"' ? QuoteState.Quoted : character == ' ' ? QuoteState.Start : QuoteState.Plain,
        _ => QuoteState.Plain,
    };

    private static bool IsLineEnd(ReadOnlySpan<char> text, int i) =>
        text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n'));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
