namespace Relais.Conformance.Json;

/// <summary>Finds the differences between two values. A path through a name that starts with ~ is informative.</summary>
internal sealed record Difference(string Path, object? Expected, object? Actual)
{
    private const string Absent = "<absent>";

    internal bool Counts => !Path.Contains("/~", StringComparison.Ordinal);

    internal static IEnumerable<Difference> Between(object? expected, object? actual, string path = "") => (expected, actual) switch
    {
        (Fields a, Fields b) => a.Keys.Union(b.Keys).SelectMany(name => Between(Member(a, name), Member(b, name), $"{path}/{name}")),
        (List<object?> a, List<object?> b) when a.Count == b.Count =>
            a.Zip(b).SelectMany((pair, i) => Between(pair.First, pair.Second, $"{path}[{i}]")),
        (List<object?> or Fields, _) or (_, List<object?> or Fields) => [new(path, expected, actual)],
        _ => Equals(expected, actual) ? [] : [new(path, expected, actual)],
    };

    public override string ToString() => $"{(Path == "" ? "/" : Path)}\n      golden: {Short(Expected)}\n      result: {Short(Actual)}";

    private static object? Member(Fields fields, string name) => fields.TryGetValue(name, out var value) ? value : Absent;

    private static string Short(object? value)
    {
        var text = JsonText.Write(value);
        return text.Length <= 400 ? text : text[..400];
    }
}

internal sealed record Outcome(string Name, IReadOnlyList<Difference> Differences, string? Missing = null)
{
    internal IEnumerable<Difference> Counted => Differences.Where(difference => difference.Counts);

    internal bool Same => Missing is null && !Counted.Any();
}

internal static class Comparison
{
    internal static IEnumerable<Outcome> Of(Fields golden, Fields results) =>
        golden.Keys.Union(results.Keys).Select(name => (golden.ContainsKey(name), results.ContainsKey(name)) switch
    {
        (false, _) => new Outcome(name, [], "golden"),
        (_, false) => new Outcome(name, [], "results"),
        _ => new Outcome(name, [.. Difference.Between(golden[name], results[name])]),
    });
}
