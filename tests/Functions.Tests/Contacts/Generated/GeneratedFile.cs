using System.Text;

namespace Functions.Tests.Contacts.Generated;

/// <summary>The file as a whole must be refused at this line with this code.</summary>
internal sealed record ExpectedRefusal(int Line, string Code);

/// <summary>A contact that the tenant has before the import.</summary>
internal sealed record StoredContact(
    IReadOnlyList<string> Numbers, string FirstName, string LastName, string? Language,
    IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> Tags);

/// <summary>A file, the circumstances in which it is imported, and what it means.</summary>
/// <param name="Rows">Null when the file must be refused, or was damaged so that only the invariants are known.</param>
internal sealed record GeneratedFile(
    int Seed, string Country, string Locale, byte[] Bytes, FileText Text, string? PhoneColumn, string? Tag, IReadOnlyList<StoredContact> Stored,
    IReadOnlyList<ExpectedRow>? Rows, ExpectedRefusal? Refusal)
{
    /// <summary>Stands in values that hold another row of the file.</summary>
    public const string SwallowedRow = "swallowed-row";

    private const int LongestShown = 3_000;

    public bool IsDamaged => Rows is null && Refusal is null;

    public static GeneratedFile From(int seed)
    {
        var chance = new SeededChance(seed);
        return chance.Below(20) switch
        {
            0 or 1 => new RefusedFile(seed, chance).Make(),
            2 or 3 or 4 => DamagedFile.Make(seed, chance),
            _ => new ReadableFile(seed, chance).Make(),
        };
    }

    /// <summary>For the message of a test that fails.</summary>
    public override string ToString()
    {
        var text = Text.Encoding.GetString(Bytes);
        text = text.Length > LongestShown ? $"{text[..LongestShown]}… ({text.Length} characters)" : text;
        var shown = new StringBuilder();
        foreach (var one in text)
        {
            shown.Append(one switch { '\r' => "\\r", '\n' => "\\n\n", '\t' => "\\t", '\0' => "\\0", < ' ' => $"\\x{(int)one:x2}", _ => one.ToString() });
        }

        return $"""
            Seed {Seed}: {Bytes.Length} bytes, {Text.Name}, declared {Text.Charset ?? "nothing"}, tenant {Country} {Locale},
            phoneColumn {PhoneColumn ?? "none"}, tag {Tag ?? "none"}.
            Run it alone: RELAIS_CSV_SEED={Seed} dotnet test tests/Functions.Tests --filter FullyQualifiedName~CsvGeneratorTests
            {shown}
            """;
    }
}
