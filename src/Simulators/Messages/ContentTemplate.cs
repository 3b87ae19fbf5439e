using System.Text.Json;
using System.Text.RegularExpressions;

namespace Relais.Simulators;

internal static partial class ContentTemplate
{
    /// <returns>null when the text is not a JSON object of texts</returns>
    public static IReadOnlyDictionary<string, string>? Variables(string? json)
    {
        if (json is null)
        {
            return new Dictionary<string, string>();
        }

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The text that the recipient reads, and whether every variable of the template was given.</summary>
    public static (string Text, bool IsComplete) Render(string template, IReadOnlyDictionary<string, string> variables)
    {
        var complete = true;
        var text = Placeholder().Replace(template, match =>
        {
            var found = variables.TryGetValue(match.Groups[1].Value, out var value) && value is not null;
            complete &= found;
            return found ? value! : match.Value;
        });
        return (text, complete);
    }

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}")]
    private static partial Regex Placeholder();
}
