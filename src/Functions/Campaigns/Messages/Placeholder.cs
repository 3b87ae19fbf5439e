using Relais.Contacts;

namespace Relais.Campaigns.Messages;

/// <summary>A field of the contact and what stands in for it: <c>first_name|client</c>.</summary>
internal sealed record Placeholder(string Name, string? Default)
{
    /// <summary>Null when the text names no field.</summary>
    public static Placeholder? Parse(string text)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var name = FieldName.Normalise(bar < 0 ? text : text[..bar]);
        return name.Length is > 0 and <= FieldName.MaxLength ? new Placeholder(name, bar < 0 ? null : text[(bar + 1)..].Trim()) : null;
    }

    /// <summary>The contact's value, or the default; null when there is neither.</summary>
    public string? Resolve(IReadOnlyDictionary<string, string> values) =>
        values.TryGetValue(Name, out var value) && value.Length > 0 ? value : Default;
}
