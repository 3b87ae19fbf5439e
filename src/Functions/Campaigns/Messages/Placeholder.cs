using Relais.Contacts;

namespace Relais.Campaigns.Messages;

/// <summary>The name of a contact field and its default, written as <c>first_name|client</c>.</summary>
internal sealed record Placeholder(string Name, string? Default)
{
    /// <returns>Null when the text names no field.</returns>
    public static Placeholder? Parse(string text)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var name = FieldName.Normalise(bar < 0 ? text : text[..bar]);
        return name.Length is > 0 and <= FieldName.MaxLength ? new Placeholder(name, bar < 0 ? null : text[(bar + 1)..].Trim()) : null;
    }

    /// <returns>The contact's value, or else the default; null when there is neither.</returns>
    public string? Resolve(IReadOnlyDictionary<string, string> values) =>
        values.TryGetValue(Name, out var value) && value.Length > 0 ? value : Default;
}
