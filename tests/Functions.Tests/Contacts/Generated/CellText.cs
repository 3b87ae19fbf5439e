namespace Functions.Tests.Contacts.Generated;

/// <summary>Creates cell values as people write them.</summary>
internal static class CellText
{
    private static readonly string[] Words =
    [
        "Awa", "Diallo", "Binta", "Kaloum", "O'Neill", "Jean-Pierre", "Aïssatou", "Hélène", "François",
        "Zoé", "René", "Béavogui", "ÉLODIE", "JOSÉ", "Çamara", "l’école",
        "d’été", "Œuvre", "cœur", "« bis »", "«\u00a0café\u00a0»", "JOSÉ\u00a0: ok", "5 €", "n° 12",
        "Łukasz", "Żółw", "Іван", "Αθήνα", "中文", "שלום", "😀", "a, b", "a; b", "a\tb",
        "un \"deux\" trois", "\"bis\"", "5\" et 6\"", "\"", "=1+1", "@x", "-5", "007", "+",
        "null", "0", "x\u0001y", "x\u001fy", "x\u000by", "e\u0301te", "a|b", "\\", "\\\"", "%00", "' or 1=1 --",
        "{{first_name}}", "1 000,50", "2026-11-30", "true", "\uFFFD", "\u2028", "a\u0085b", "\u200B", "x=\"y\"",
    ];

    public static string Name(SeededChance chance, Func<string, bool> fits) => RandomWords(chance, fits, chance.Between(1, 2));

    public static string Value(SeededChance chance, Func<string, bool> fits) => RandomWords(chance, fits, chance.Between(1, 4));

    public static string Tag(SeededChance chance, Func<string, bool> fits)
    {
        var tag = RandomWords(chance, fits, 1);
        return tag.IndexOfAny(['|', ',', ';']) >= 0 ? "vip" : tag;
    }

    /// <summary>Creates a value of several lines, none of which looks like a row.</summary>
    public static string Lines(SeededChance chance, Func<string, bool> fits)
    {
        var lines = Enumerable.Range(0, chance.Between(2, 4)).Select(_ => chance.OneIn(5) ? "" : WithoutDelimiters(Value(chance, fits)));
        return Trimmed(string.Join(chance.Of("\n", "\r\n", "\r"), lines));
    }

    private static string WithoutDelimiters(string text) => text.Replace(';', ' ').Replace(',', ' ').Replace('\t', ' ');

    private static string RandomWords(SeededChance chance, Func<string, bool> fits, int count) =>
        Trimmed(string.Join(' ', Enumerable.Range(0, count).Select(_ => chance.Of(Words)).Select(word => fits(word) ? word : "Awa")));

    /// <summary>Removes the spaces around a value, because the import removes them too. A value is never empty.</summary>
    private static string Trimmed(string text) => text.Trim() is { Length: > 0 } trimmed ? trimmed : "Awa";
}
