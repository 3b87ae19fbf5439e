using System.Text.Json;
using System.Text.RegularExpressions;

namespace Relais.Simulators;

/// <summary>Renders content templates.</summary>
internal static partial class ContentTemplate
{
    /// <summary>Reads the ContentVariables of a request.</summary>
    /// <returns>the variables by name, empty without JSON; null when the JSON is not an object of texts</returns>
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

    /// <summary>Returns the text with its variables filled in, and whether every variable has a value.</summary>
    public static (string Text, bool IsComplete) Render(string template, IReadOnlyDictionary<string, string> variables)
    {
        var isComplete = true;
        var text = Placeholder().Replace(template, match =>
        {
            var found = variables.TryGetValue(match.Groups[1].Value, out var value) && value is not null;
            isComplete &= found;
            return found ? value! : match.Value;
        });
        return (text, isComplete);
    }

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}")]
    private static partial Regex Placeholder();
}
