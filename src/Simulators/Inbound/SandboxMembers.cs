using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>Who has joined the WhatsApp sandbox of an account; it lasts three days.</summary>
internal sealed class SandboxMembers(SimulatorClock clock, string joinCode)
{
    private static readonly TimeSpan s_lasts = TimeSpan.FromHours(72);

    private readonly ConcurrentDictionary<(string Account, string Contact), DateTimeOffset> _joined = new();

    public IEnumerable<(string Account, string Contact, DateTimeOffset Until)> All =>
        _joined.Where(pair => pair.Value + s_lasts > clock.Now).Select(pair => (pair.Key.Account, pair.Key.Contact, pair.Value + s_lasts));

    public bool IsJoin(string body) => body.Trim().Equals($"join {joinCode}", StringComparison.OrdinalIgnoreCase);

    public void Join(string account, string contact) => _joined[(account, contact)] = clock.Now;

    public void Leave(string account, string contact) => _joined.TryRemove((account, contact), out _);

    public bool Has(string account, string contact) => _joined.TryGetValue((account, contact), out var since) && since + s_lasts > clock.Now;

    public void Clear() => _joined.Clear();
}
