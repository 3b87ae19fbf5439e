using System.Text;

namespace Relais.Campaigns.Messages;

/// <summary>A text with placeholders such as <c>{{first_name|client}}</c>, parsed once and rendered for each contact.</summary>
internal sealed class TextTemplate
{
    private readonly List<(string Literal, Placeholder? Placeholder)> parts = [];

    private TextTemplate()
    {
    }

    public IEnumerable<Placeholder> Placeholders => parts.Select(part => part.Placeholder).OfType<Placeholder>();

    /// <summary>The faults of the placeholders; empty when the text is valid.</summary>
    public List<string> Faults { get; } = [];

    public static TextTemplate Parse(string text)
    {
        var template = new TextTemplate();
        var start = 0;
        while (text.IndexOf("{{", start, StringComparison.Ordinal) is var open and >= 0)
        {
            template.parts.Add((text[start..open], null));
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                template.Faults.Add($"the placeholder at character {open + 1} has no end");
                return template;
            }

            template.AddPlaceholder(text[(open + 2)..close], open);
            start = close + 2;
        }

        template.parts.Add((text[start..], null));
        return template;
    }

    /// <param name="values">The values of the contact's fields by name.</param>
    /// <param name="missing">The first field that has neither a value nor a default; null when there is none.</param>
    /// <returns>The text; null when a value is missing.</returns>
    public string? Render(IReadOnlyDictionary<string, string> values, out string? missing)
    {
        missing = null;
        var text = new StringBuilder();
        foreach (var (literal, placeholder) in parts)
        {
            text.Append(literal);
            if (placeholder is null)
            {
                continue;
            }

            if (placeholder.Resolve(values) is not { } value)
            {
                missing = placeholder.Name;
                return null;
            }

            text.Append(value);
        }

        return text.ToString();
    }

    private void AddPlaceholder(string inner, int open)
    {
        if (Placeholder.Parse(inner) is { } placeholder && !inner.Contains('{', StringComparison.Ordinal))
        {
            parts.Add(("", placeholder));
        }
        else
        {
            Faults.Add($"the placeholder at character {open + 1} names no field");
        }
    }
}
