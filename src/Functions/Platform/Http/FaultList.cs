using System.Text.RegularExpressions;

namespace Relais.Platform.Http;

/// <summary>Faults by path, so many at most: a body of a megabyte can have two hundred thousand.</summary>
internal sealed partial class FaultList
{
    private const int Most = 50;
    private const int LongestName = 100;
    private readonly Dictionary<string, List<string>> faults = [];
    private int count;

    /// <summary>It is known that there are more: nothing has to be looked for any longer.</summary>
    public bool IsFull => count > Most;

    public void Add(string path, string fault)
    {
        if (count <= Most)
        {
            count++;
            Note(IsFull ? "$" : path, IsFull ? "has more faults than these" : fault);
        }
    }

    /// <summary>The path of a member. Its name may be anything that a caller sent, a phone number too.</summary>
    public static string Below(string path, string name)
    {
        var cut = name.Length <= LongestName ? name : $"{name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)]}…";
        var shown = Digits().Replace(cut, "******");
        return path == "$" ? shown : $"{path}.{shown}";
    }

    public Dictionary<string, string[]> ToDictionary() => faults.ToDictionary(fault => fault.Key, fault => fault.Value.ToArray());

    private void Note(string path, string fault)
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
