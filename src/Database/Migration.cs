using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Database;

/// <summary>A forward-only database migration: the file <c>NNNN_what_it_does.sql</c>.</summary>
public sealed partial record Migration(int Number, string Name, string Sql)
{
    /// <summary>The hash of the text with normalised line ends, so that a Windows checkout has the same hash.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>Reads the migrations that are embedded in this assembly, sorted by number.</summary>
    public static IReadOnlyList<Migration> ReadEmbedded()
    {
        var assembly = typeof(Migration).Assembly;
        return SortAndValidate(assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Parse(name, ReadResource(assembly, name))));
    }

    public static Migration Parse(string fileName, string sql)
    {
        var match = FileName().Match(fileName);
        return match.Success
            ? new Migration(int.Parse(match.Groups["number"].ValueSpan), fileName, sql)
            : throw new MigrationException($"{fileName}: the name is not valid; name a migration NNNN_what_it_does.sql");
    }

    /// <summary>Sorts migrations by number. Throws if a number is missing or used twice.</summary>
    public static IReadOnlyList<Migration> SortAndValidate(IEnumerable<Migration> migrations)
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

    private static string ReadResource(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^(?<number>\d{4})_[a-z0-9_]+\.sql$")]
    private static partial Regex FileName();
}

/// <summary>A migration cannot be applied. The message names the file and, for an SQL error, the line and column.</summary>
public sealed class MigrationException(string message, Exception? inner = null) : Exception(message, inner);
