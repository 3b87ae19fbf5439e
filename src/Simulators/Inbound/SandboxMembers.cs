using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>The contacts that have joined the WhatsApp sandbox of an account. A membership expires after three days.</summary>
internal sealed class SandboxMembers(SimulatorClock clock, string joinCode)
{
    private static readonly TimeSpan MembershipDuration = TimeSpan.FromHours(72);

    private readonly ConcurrentDictionary<(string Account, string Contact), DateTimeOffset> joined = new();

    public IEnumerable<(string Account, string Contact, DateTimeOffset Until)> All => joined
        .Where(pair => pair.Value + MembershipDuration > clock.Now)
        .Select(pair => (pair.Key.Account, pair.Key.Contact, pair.Value + MembershipDuration));

    public bool IsJoin(string body) => body.Trim().Equals($"join {joinCode}", StringComparison.OrdinalIgnoreCase);

    public void Join(string account, string contact) => joined[(account, contact)] = clock.Now;

    public void Leave(string account, string contact) => joined.TryRemove((account, contact), out _);

    public bool Has(string account, string contact) =>
        joined.TryGetValue((account, contact), out var since) && since + MembershipDuration > clock.Now;

    public void Clear() => joined.Clear();
}
