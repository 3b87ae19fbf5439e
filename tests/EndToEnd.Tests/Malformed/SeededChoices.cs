using System.Text;

namespace EndToEnd.Tests.Malformed;

/// <summary>Random choices that depend only on the seed and the number of the request.</summary>
internal sealed class SeededChoices(int seed, int number)
{
    private readonly Random random = new(unchecked((seed * 486187739) ^ (number * 16777619)));

    public int Below(int limit) => random.Next(limit);

    public bool Percent(int chance) => random.Next(100) < chance;

    public T Of<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    public T Among<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    /// <summary>Picks a choice with a probability of its share of the sum.</summary>
    public T Weighted<T>(IReadOnlyList<(int Share, T Choice)> choices)
    {
        var left = random.Next(choices.Sum(choice => choice.Share));
        foreach (var (share, choice) in choices)
        {
            if ((left -= share) < 0)
            {
                return choice;
            }
        }

        throw new InvalidOperationException("No choice.");
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    public string Hex(int bytes) => Convert.ToHexStringLower(Bytes(bytes));

    /// <summary>An id that no row has.</summary>
    public Guid Id() => new(Bytes(16));

    /// <summary>Text of a request head with one character for each byte of its UTF-8 form.</summary>
    public static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
