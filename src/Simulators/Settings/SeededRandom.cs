namespace Relais.Simulators;

/// <summary>Chance that depends on the seed and on what is asked alone, so that a run repeats whatever its order in time.</summary>
internal static class SeededRandom
{
    /// <returns>0 to below 1</returns>
    public static double Roll(int seed, string about, string question)
    {
        var hash = 14695981039346656037UL ^ (uint)seed;
        foreach (var c in question)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        foreach (var c in about)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        // the low bits of FNV follow the input too closely
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        hash *= 0xc4ceb9fe1a85ec53UL;
        hash ^= hash >> 33;
        return (hash >> 11) * (1.0 / (1UL << 53));
    }
}
