using System.Collections;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Conformance.Json;

/// <summary>Removes from a result the values that differ from run to run.</summary>
internal sealed partial class Normaliser(string run)
{
    internal const string KnownGuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static readonly string[] KnownGuids =
    [
        KnownGuid, "11111111-2222-3333-4444-555555555555", "01234567-89ab-cdef-0123-456789abcdef",
    ];

    internal object? Apply(object? value) => value switch
    {
        string text => Text(text),
        Fields fields => Members(fields),
        int number => (long)number,
        IEnumerable items => items.Cast<object?>().Select(Apply).ToList(),
        _ => value,
    };

    private Fields Members(Fields fields)
    {
        var applied = new Fields();
        foreach (var (name, value) in fields)
        {
            applied[Text(name)] = Apply(value);
        }

        return applied;
    }

    private string Text(string text)
    {
        text = text.Replace(run, "<run>", StringComparison.Ordinal);
        text = TraceParent().Replace(text, "<traceparent>");
        text = Guid().Replace(text, match => KnownGuids.Contains(match.Value) ? match.Value : "<guid>");
        text = Hex32().Replace(text, "<hex32>");
        var length = text.EnumerateRunes().Count();
        return length <= 6000
            ? text
            : $"<{length} chars, sha256 {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]}>";
    }

    [GeneratedRegex(@"\b00-[0-9a-f]{32}-[0-9a-f]{16}-0\d\b")]
    private static partial Regex TraceParent();

    [GeneratedRegex(@"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")]
    private static partial Regex Guid();

    [GeneratedRegex(@"\b[0-9a-f]{32}\b")]
    private static partial Regex Hex32();
}
