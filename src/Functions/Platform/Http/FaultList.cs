using System.Text.RegularExpressions;

namespace Relais.Platform.Http;

/// <summary>Collects faults by JSON path, up to a limit: a body of 1 MB can contain 200,000 faults.</summary>
internal sealed partial class FaultList
{
    private const int MaxFaults = 50;
    private const int MaxNameLength = 100;
    private const int MaxPathLength = 300;
    private readonly Dictionary<string, List<string>> faults = [];
    private int count;

    /// <summary>There are more faults than the list holds, so the caller can stop looking for others.</summary>
    public bool IsFull => count > MaxFaults;

    /// <summary>Null: the list has no faults.</summary>
    public Failure? Failure => faults.Count == 0 ? null : Failure.InvalidBody(ToDictionary());

    /// <summary>Adds the fault if the field is not valid.</summary>
    public FaultList Check(string path, bool isValid, string fault)
    {
        if (!isValid)
        {
            Add(path, fault);
        }

        return this;
    }

    public void Add(string path, string fault)
    {
        if (count <= MaxFaults)
        {
            count++;
            AddToPath(IsFull ? "$" : path, IsFull ? "has more faults than these" : fault);
        }
    }

    /// <summary>
    /// The path of a property. Its name comes from the caller and may be long or contain a phone number, so it is shortened and digits are
    /// hidden.
    /// </summary>
    public static string ChildPath(string path, string name) =>
        path == "$" ? Redact(name, MaxNameLength) : $"{path}.{Redact(name, MaxNameLength)}";

    /// <summary>Limits the number of faults in a response, and redacts their paths.</summary>
    public static IReadOnlyDictionary<string, string[]> LimitForResponse(IReadOnlyDictionary<string, string[]> found)
    {
        var list = new FaultList();
        var pairs = found.SelectMany(entry => entry.Value, (entry, fault) => (entry.Key, fault));
        foreach (var (path, fault) in pairs.TakeWhile(_ => !list.IsFull))
        {
            list.Add(Redact(path, MaxPathLength), fault);
        }

        return list.ToDictionary();
    }

    public Dictionary<string, string[]> ToDictionary() => faults.ToDictionary(fault => fault.Key, fault => fault.Value.ToArray());

    private static string Redact(string text, int maxLength)
    {
        var shortened = text.Length <= maxLength
            ? text
            : $"{text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)]}…";
        return LongNumber().Replace(shortened, "******");
    }

    private void AddToPath(string path, string fault)
    {
        if (!faults.TryGetValue(path, out var list))
        {
            faults.Add(path, list = []);
        }

        if (!list.Contains(fault))
        {
            list.Add(fault);
        }
    }

    [GeneratedRegex(@"\d{6,}")]
    private static partial Regex LongNumber();
}
