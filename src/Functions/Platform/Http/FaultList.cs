using System.Text.RegularExpressions;

namespace Relais.Platform.Http;

/// <summary>Faults by path, so many at most: a body of a megabyte can have two hundred thousand.</summary>
internal sealed partial class FaultList
{
    private const int MaxFaults = 50;
    private const int MaxNameLength = 100;
    private const int MaxPathLength = 300;
    private readonly Dictionary<string, List<string>> faults = [];
    private int count;

    /// <summary>It is known that there are more: nothing has to be looked for any longer.</summary>
    public bool IsFull => count > MaxFaults;

    public void Add(string path, string fault)
    {
        if (count <= MaxFaults)
        {
            count++;
            AddToPath(IsFull ? "$" : path, IsFull ? "has more faults than these" : fault);
        }
    }

    /// <summary>The path of a member. Its name may be anything that a caller sent, a phone number too.</summary>
    public static string ChildPath(string path, string name) => path == "$" ? Shown(name, MaxNameLength) : $"{path}.{Shown(name, MaxNameLength)}";

    /// <summary>What an answer shows of faults, whoever found them.</summary>
    public static IReadOnlyDictionary<string, string[]> Shown(IReadOnlyDictionary<string, string[]> found)
    {
        var shown = new FaultList();
        foreach (var (path, fault) in found.SelectMany(one => one.Value, (one, fault) => (one.Key, fault)).TakeWhile(_ => !shown.IsFull))
        {
            shown.Add(Shown(path, MaxPathLength), fault);
        }

        return shown.ToDictionary();
    }

    public Dictionary<string, string[]> ToDictionary() => faults.ToDictionary(fault => fault.Key, fault => fault.Value.ToArray());

    private static string Shown(string text, int longest)
    {
        var cut = text.Length <= longest ? text : $"{text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)]}…";
        return Digits().Replace(cut, "******");
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
    private static partial Regex Digits();
}
