using System.Text.Json;

namespace Relais.Contacts.Import;

internal sealed record RowFault(string Code, string Message);

internal sealed record ReportRow(int Line, string Outcome, Guid? ContactId, IReadOnlyList<RowFault> Faults);

/// <summary>The words for what is wrong with a row, French first.</summary>
internal static class FaultTexts
{
    private static readonly Dictionary<string, string> French = Load("fr");
    private static readonly Dictionary<string, string> English = Load("en");

    public static IReadOnlyList<RowFault> Of(IEnumerable<string> faults, string locale) => [.. faults.Select(fault => Of(fault, locale))];

    private static RowFault Of(string fault, string locale)
    {
        var parts = fault.Split(':', 2);
        var texts = locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? English : French;
        var text = texts.GetValueOrDefault(parts[0], parts[0]);
        return new RowFault(fault, text.Replace("{0}", parts.ElementAtOrDefault(1) ?? "", StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Load(string language)
    {
        using var resource = typeof(FaultTexts).Assembly.GetManifestResourceStream($"contact-import-faults-{language}.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(resource)!;
    }
}
