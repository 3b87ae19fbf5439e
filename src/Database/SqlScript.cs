using System.Text.RegularExpressions;

namespace Relais.Database;

/// <summary>Cuts a script into statements, so that an error can be told with its line.</summary>
/// <remarks>Knows strings, quoted names, dollar quotes and comments; not nested comments and not <c>begin atomic</c> bodies.</remarks>
internal static partial class SqlScript
{
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

    /// <summary>"line 12, column 5" of an offset; statements start at their first word, not at the blank before it.</summary>
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
