using System.Text;

namespace Relais.Campaigns.Messages;

/// <summary>A text with placeholders such as <c>{{first_name|client}}</c>, read once and filled in for each contact.</summary>
internal sealed class TextTemplate
{
    private readonly List<(string Literal, Placeholder? Placeholder)> parts = [];

    private TextTemplate()
    {
    }

    public IEnumerable<Placeholder> Placeholders => parts.Select(part => part.Placeholder).OfType<Placeholder>();

    public List<string> Faults { get; } = [];

    public static TextTemplate Parse(string text)
    {
        var template = new TextTemplate();
        var from = 0;
        while (text.IndexOf("{{", from, StringComparison.Ordinal) is var open and >= 0)
        {
            template.parts.Add((text[from..open], null));
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                template.Faults.Add($"the placeholder at character {open + 1} has no end");
                return template;
            }

            template.AddPlaceholder(text[(open + 2)..close], open);
            from = close + 2;
        }

        template.parts.Add((text[from..], null));
        return template;
    }

    /// <returns>The text, or null and the name of the first value that is missing.</returns>
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
