namespace Relais.Conformance.Json;

/// <summary>
/// A JSON object whose members keep their order; values are null, string, bool, long, BigInteger, double, lists and Fields.
/// </summary>
internal sealed class Fields : OrderedDictionary<string, object?>
{
    internal object? Get(string name) => TryGetValue(name, out var value) ? value : null;

    internal string? Text(string name) => (string?)this[name];

    internal bool Is(string name) => (bool)this[name]!;

    internal Fields Object(string name) => (Fields)this[name]!;

    internal List<object?> Items(string name) => (List<object?>)this[name]!;

    internal object? Pop(string name) => Remove(name, out var value) ? value : null;

    internal void Rename(string from, string to) => this[to] = Pop(from);

    internal Fields Pick(params ReadOnlySpan<string> names)
    {
        var picked = new Fields();
        foreach (var name in names)
        {
            picked[name] = this[name];
        }

        return picked;
    }

    internal Fields Without(params string[] names)
    {
        var remaining = new Fields();
        foreach (var (name, value) in this.Where(member => !names.Contains(member.Key)))
        {
            remaining[name] = value;
        }

        return remaining;
    }
}
