namespace Relais.Simulators;

/// <summary>Random numbers that depend on the seed and the inputs only, so that the order of the messages does not change a run.</summary>
internal static class SeededRandom
{
    /// <param name="subject">message or recipient that the number is for</param>
    /// <param name="purpose">decision that the number is for, so that two decisions on a subject are independent</param>
    /// <returns>a number from 0 (included) to 1 (excluded)</returns>
    public static double Roll(int seed, string subject, string purpose)
    {
        var hash = 14695981039346656037UL ^ (uint)seed;
        foreach (var c in purpose)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        foreach (var c in subject)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        // Mix the bits: the low bits of an FNV hash depend too closely on the input.
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        hash *= 0xc4ceb9fe1a85ec53UL;
        hash ^= hash >> 33;
        return (hash >> 11) * (1.0 / (1UL << 53));
    }
}
