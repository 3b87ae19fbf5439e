using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>
/// Selects the outcome of a message: the outcome assigned to the recipient, else that of its magic range, else an outcome by the shares
/// of the settings, else delivered or read.
/// </summary>
internal sealed class OutcomeSelector(Simulation simulation)
{
    private readonly ConcurrentDictionary<string, Outcome> assigned = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> requests = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Set => assigned.ToDictionary(pair => pair.Key, pair => pair.Value.Name);

    /// <param name="outcome">outcome of all messages to the address; null removes the assignment</param>
    public void Assign(string address, Outcome? outcome)
    {
        if (outcome is null)
        {
            assigned.TryRemove(address, out _);
            return;
        }

        assigned[address] = outcome;
    }

    /// <summary>Counts a request for this recipient and returns the number of its requests so far.</summary>
    public int CountRequest(string to) => requests.AddOrUpdate(to, 1, (_, count) => count + 1);

    /// <param name="request">number of requests for this recipient so far, including this request</param>
    public Outcome Select(string to, int request)
    {
        var selected = assigned.GetValueOrDefault(to) ?? Outcomes.FindForTestNumber(to) ?? SelectByShare(to);
        return selected is null || (selected.OnlyFirst && request > 1) ? SelectDefault(to) : selected;
    }

    public void Clear()
    {
        assigned.Clear();
        requests.Clear();
    }

    private Outcome? SelectByShare(string to)
    {
        var roll = SeededRandom.Roll(simulation.Options.Seed, to, "outcome");
        foreach (var (name, share) in simulation.DeliverySettings.OutcomeShares.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            roll -= share;
            if (roll < 0)
            {
                return Outcomes.FindByName(name);
            }
        }

        return null;
    }

    private Outcome SelectDefault(string to) =>
        to.StartsWith("whatsapp:", StringComparison.Ordinal)
        && SeededRandom.Roll(simulation.Options.Seed, to, "reads") < simulation.DeliverySettings.ReadShare
            ? Outcome.Read
            : Outcome.Delivered;
}
