namespace Functions.Tests.Contacts.Generated;

/// <summary>Makes the random choices for a generated file. The same seed gives the same file on every machine.</summary>
internal sealed class SeededChance(int seed)
{
    private readonly Random random = new(seed);

    public int Below(int end) => random.Next(end);

    public int Between(int first, int last) => random.Next(first, last + 1);

    /// <summary>Returns true with a probability of one in <paramref name="times"/>.</summary>
    public bool OneIn(int times) => random.Next(times) == 0;

    public T Of<T>(params IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    public string Digits(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + random.Next(10))));

    public void Shuffle<T>(List<T> list) => random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));
}
