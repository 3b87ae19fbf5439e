using System.Text;
using Relais.Conformance.Json;

namespace Relais.Conformance.Wire;

internal sealed record Reply(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>The value of a header, a list if the header was sent more than once, or null.</summary>
    internal object? Header(string name)
    {
        var values = Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)
            .ToList();
        return values.Count switch { 0 => null, 1 => values[0], _ => values };
    }

    internal string Text() => Encoding.UTF8.GetString(Body);

    internal object? Json() => JsonText.Parse(Body);

    internal Fields Object() => (Fields)Json()!;

    /// <summary>The body, parsed if its content type is JSON.</summary>
    internal object? Content()
    {
        var text = Text();
        return Header("content-type") is string type && type.Contains("json", StringComparison.Ordinal)
            && JsonText.TryParse(text, out var value)
            ? value
            : text;
    }

    internal object? ContentIfOk() => Status == 200 ? Content() : null;

    internal string? TextIfOk() => Status == 200 ? Text() : null;

    internal Fields View(params IEnumerable<string> headers)
    {
        var view = new Fields { ["status"] = Status, ["contentType"] = Header("content-type"), ["body"] = Content() };
        foreach (var name in headers)
        {
            view[name] = Header(name);
        }

        return view;
    }
}
