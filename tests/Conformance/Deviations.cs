using Relais.Conformance.Json;

namespace Relais.Conformance.Tests;

/// <summary>
/// The known differences from the recording with their reasons, and the scenarios that are skipped because the product does not use them.
/// </summary>
internal sealed class Deviations
{
    private readonly Fields file = Recording.Read("deviations.json");

    internal Fields Known => file.Object("deviates");

    internal Fields LeftOut => file.Object("left out");

    internal IEnumerable<KeyValuePair<string, object?>> All => Known.Concat(LeftOut);
}
