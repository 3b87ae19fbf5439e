// whole systems wait more than they compute: two at once fill the cores that one would leave idle
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace EndToEnd.Tests;

/// <summary>For tests of rates, loads and silence, which would measure a neighbour: they run by themselves, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = nameof(Alone);
}
