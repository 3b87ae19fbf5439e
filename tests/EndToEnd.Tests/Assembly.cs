// whole systems wait more than they compute: two at once fill the cores that one would leave idle
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace EndToEnd.Tests;

/// <summary>For tests of rates, load and idle time: another test would change what they measure, so they run alone, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ExclusiveCollection
{
    public const string Name = nameof(ExclusiveCollection);
}
