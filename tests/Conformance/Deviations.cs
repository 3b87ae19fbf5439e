using Relais.Conformance.Json;

namespace Relais.Conformance.Tests;

/// <summary>What is known to differ from the recording and why, and what is not asked because the product has no use for it.</summary>
internal sealed class Deviations
{
    private readonly Fields file = Recording.Read("deviations.json");

    internal Fields Known => file.Object("deviates");

    internal Fields LeftOut => file.Object("left out");

    internal IEnumerable<KeyValuePair<string, object?>> All => Known.Concat(LeftOut);
}
