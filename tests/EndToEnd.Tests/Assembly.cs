// Whole systems wait more than they compute: two tests in parallel use the cores that one test would leave idle.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace EndToEnd.Tests;

/// <summary>
/// The collection of tests of rate, load and idle time. Other tests would change their measurements, so they run alone after all others.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ExclusiveCollection
{
    public const string Name = nameof(ExclusiveCollection);
}
