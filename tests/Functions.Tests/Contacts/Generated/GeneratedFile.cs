using System.Text;

namespace Functions.Tests.Contacts.Generated;

/// <summary>The line and the code with which the whole file must be refused.</summary>
internal sealed record ExpectedRefusal(int Line, string Code);

/// <summary>A contact that the tenant already has before the import.</summary>
internal sealed record StoredContact(
    IReadOnlyList<string> Numbers, string FirstName, string LastName, string? Language,
    IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> Tags);

/// <summary>A file, the parameters of its import, and the expected result.</summary>
/// <param name="Rows">The expected rows; null if the file must be refused or is damaged.</param>
internal sealed record GeneratedFile(
    int Seed, string Country, string Locale, byte[] Bytes, FileText Text, string? PhoneColumn, string? Tag,
    IReadOnlyList<StoredContact> Stored,
    IReadOnlyList<ExpectedRow>? Rows, ExpectedRefusal? Refusal)
{
    /// <summary>Marks a value that contains another row of the file.</summary>
    public const string SwallowedRow = "swallowed-row";

    private const int MaxShownLength = 3_000;

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

    /// <summary>Describes the file for the message of a failed test.</summary>
    public override string ToString()
    {
        var text = Text.Encoding.GetString(Bytes);
        text = text.Length > MaxShownLength ? $"{text[..MaxShownLength]}… ({text.Length} characters)" : text;
        var escaped = new StringBuilder();
        foreach (var character in text)
        {
            escaped.Append(
                character switch
                {
                    '\r' => "\\r",
                    '\n' => "\\n\n",
                    '\t' => "\\t",
                    '\0' => "\\0",
                    < ' ' => $"\\x{(int)character:x2}",
                    _ => character.ToString(),
                });
        }

        return $"""
            Seed {Seed}: {Bytes.Length} bytes, {Text.Name}, declared {Text.Charset ?? "nothing"}, tenant {Country} {Locale},
            phoneColumn {PhoneColumn ?? "none"}, tag {Tag ?? "none"}.
            Run it alone: RELAIS_CSV_SEED={Seed} dotnet test tests/Functions.Tests --filter FullyQualifiedName~CsvGeneratorTests
            {escaped}
            """;
    }
}
