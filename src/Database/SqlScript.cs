using System.Text.RegularExpressions;

namespace Relais.Database;

/// <summary>Splits an SQL script into statements, so that an error message can name the line of the failing statement.</summary>
/// <remarks>
/// Supports strings, quoted names, dollar quotes and comments, but not nested comments and not <c>begin atomic</c> bodies.
/// </remarks>
internal static partial class SqlScript
{
    /// <param name="Text">The text of the statement without the semicolon.</param>
    /// <param name="Start">The offset of the text in the script.</param>
    public sealed record Statement(string Text, int Start);

    public static IEnumerable<Statement> Split(string script)
    {
        var start = 0;
        foreach (Match match in Token().Matches(script))
        {
            if (match.Value != ";")
            {
                continue;
            }

            yield return new Statement(script[start..match.Index], start);
            start = match.Index + 1;
        }

        if (Comment().Replace(script[start..], "").Trim().Length > 0)
        {
            yield return new Statement(script[start..], start);
        }
    }

    /// <summary>Returns a position in a statement as line and column of the script, such as "line 12, column 5".</summary>
    /// <param name="script">The whole script.</param>
    /// <param name="statement">The failing statement.</param>
    /// <param name="position">The 1-based position in the statement; 0 if unknown, then the result is the statement's first word.</param>
    public static string DescribePosition(string script, Statement statement, int position)
    {
        var offset = position > 0 ? statement.Start + position - 1 : FirstWordOffset(statement);
        var before = script.AsSpan(0, Math.Min(offset, script.Length));
        return $"line {before.Count('\n') + 1}, column {offset - before.LastIndexOf('\n')}";
    }

    private static int FirstWordOffset(Statement statement) =>
        statement.Start + LeadingBlank().Match(statement.Text).Length;

    [GeneratedRegex(@"--[^\n]*|/\*.*?\*/|\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|""[^""]*""|(\$\w*\$).*?\1|;", RegexOptions.Singleline)]
    private static partial Regex Token();

    [GeneratedRegex(@"--[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\A(?:\s|--[^\n]*|/\*.*?\*/)*", RegexOptions.Singleline)]
    private static partial Regex LeadingBlank();
}
