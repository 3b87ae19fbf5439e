using System.Globalization;
using System.Text.Json;

namespace Relais.Contacts.Import;

internal sealed record RowFault(string Code, string Message);

internal sealed record ReportRow(int Line, string Outcome, Guid? ContactId, IReadOnlyList<RowFault> Faults);

/// <summary>The texts of the faults of files and rows: English for tenants with an English locale, French for all others.</summary>
internal static class FaultTexts
{
    private static readonly Dictionary<string, string> French = Load("fr");
    private static readonly Dictionary<string, string> English = Load("en");

    /// <param name="faults">Fault codes; a colon and the column follow where a fault concerns one column.</param>
    public static IReadOnlyList<RowFault> GetTexts(IEnumerable<string> faults, string locale) =>
    [
        .. faults.Select(fault => new RowFault(
            fault, fault.Split(':', 2) is [var code, .. var column] ? GetTexts(code, column, locale) : fault)),
    ];

    /// <returns>The text of the code; the code itself when it has no text.</returns>
    public static string GetTexts(string code, IReadOnlyList<string> arguments, string locale)
    {
        var texts = locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? English : French;
        return texts.TryGetValue(code, out var text) ? string.Format(CultureInfo.InvariantCulture, text, [.. arguments]) : code;
    }

    private static Dictionary<string, string> Load(string language)
    {
        using var resource = typeof(FaultTexts).Assembly.GetManifestResourceStream($"contact-import-faults-{language}.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(resource)!;
    }
}
