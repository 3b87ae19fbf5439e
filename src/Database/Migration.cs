using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Database;

/// <summary>One forward-only step: the file <c>NNNN_what_it_does.sql</c>.</summary>
public sealed partial record Migration(int Number, string Name, string Sql)
{
    /// <summary>Hash of the text with line ends normalised, so that a Windows checkout is the same migration.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    public static IReadOnlyList<Migration> ReadEmbedded()
    {
        var assembly = typeof(Migration).Assembly;
        return SortAndCheck(assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Parse(name, Read(assembly, name))));
    }

    public static Migration Parse(string fileName, string sql)
    {
        var match = FileName().Match(fileName);
        return match.Success
            ? new Migration(int.Parse(match.Groups["number"].ValueSpan), fileName, sql)
            : throw new MigrationException($"{fileName}: a migration is named NNNN_what_it_does.sql");
    }

    public static IReadOnlyList<Migration> SortAndCheck(IEnumerable<Migration> migrations)
    {
        var ordered = migrations.OrderBy(migration => migration.Number).ToArray();
        for (var i = 0; i < ordered.Length; i++)
        {
            if (ordered[i].Number != i + 1)
            {
                throw new MigrationException(i > 0 && ordered[i].Number == ordered[i - 1].Number
                    ? $"{ordered[i].Name}: the number is already taken by {ordered[i - 1].Name}"
                    : $"{ordered[i].Name}: number {i + 1:D4} is missing before it");
            }
        }

        return ordered;
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^(?<number>\d{4})_[a-z0-9_]+\.sql$")]
    private static partial Regex FileName();
}

/// <summary>A migration that cannot be applied; the message names the file and the place in it.</summary>
public sealed class MigrationException(string message, Exception? inner = null) : Exception(message, inner);
