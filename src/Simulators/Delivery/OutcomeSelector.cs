using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>Which outcome a recipient meets: one set for the number, else its magic range, else the shares, else delivered or read.</summary>
internal sealed class OutcomeSelector(Simulation simulation)
{
    private readonly ConcurrentDictionary<string, Outcome> _set = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Set => _set.ToDictionary(pair => pair.Key, pair => pair.Value.Name);

    public void Assign(string address, Outcome? outcome)
    {
        if (outcome is null)
        {
            _set.TryRemove(address, out _);
            return;
        }

        _set[address] = outcome;
    }

    /// <summary>The how-manieth request for this recipient comes in now.</summary>
    public int CountRequest(string to) => _requests.AddOrUpdate(to, 1, (_, n) => n + 1);

    public Outcome Select(string to, int request)
    {
        var chosen = _set.GetValueOrDefault(to) ?? Outcomes.FindForTestNumber(to) ?? Shared(to);
        return chosen is null || (chosen.OnlyFirst && request > 1) ? Ordinary(to) : chosen;
    }

    public void Clear()
    {
        _set.Clear();
        _requests.Clear();
    }

    private Outcome? Shared(string to)
    {
        var roll = SeededRandom.Roll(simulation.Options.Seed, to, "outcome");
        foreach (var (name, share) in simulation.Delivery.OutcomeShares.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            roll -= share;
            if (roll < 0)
            {
                return Outcomes.FindByName(name);
            }
        }

        return null;
    }

    private Outcome Ordinary(string to) =>
        to.StartsWith("whatsapp:", StringComparison.Ordinal) && SeededRandom.Roll(simulation.Options.Seed, to, "reads") < simulation.Delivery.ReadShare
            ? Outcome.Read
            : Outcome.Delivered;
}
