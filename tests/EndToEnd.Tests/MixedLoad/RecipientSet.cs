using Relais.Kit;

namespace EndToEnd.Tests.MixedLoad;

/// <summary>
/// The recipients of the campaign, the outcome of each message, and the recipients who will opt out. The seed decides all of them.
/// </summary>
internal sealed class RecipientSet
{
    private static readonly string[] Outcomes =
    [
        "undelivered-30003", "undelivered-once-30003", "undelivered-30005", "undelivered-30006", "undelivered-30007", "failed-30008",
        "failed-63015", "failed-63016", "failed-63018",
        "failed-63024", "failed-63049", "refused-21211", "refused-21610", "busy-once", "unavailable-once", "duplicate-shuffled-late",
        "early-callback",
    ];

    private readonly List<string> stopping;

    public RecipientSet(int size, Random random)
    {
        All = [.. CampaignSteps.Contacts(size)];
        Unusual = All.Where(_ => random.NextDouble() < 0.1).ToDictionary(contact => contact, _ => Outcomes[random.Next(Outcomes.Length)]);

        // Recipients with unusual outcomes do not opt out: an opt-out between two attempts would make the totals hard to compare.
        var ordinary = All.Where(contact => !Unusual.ContainsKey(contact)).ToArray();
        random.Shuffle(ordinary);
        stopping = [.. ordinary.Take(size / 8)];
        Talking = ordinary[(size / 8)..];
    }

    public IReadOnlyList<string> All { get; }

    /// <summary>Recipients whose messages fail, are refused, or are reported in an unusual way.</summary>
    public IReadOnlyDictionary<string, string> Unusual { get; }

    /// <summary>Recipients who never opt out.</summary>
    public IReadOnlyList<string> Talking { get; }

    /// <summary>Removes and returns a recipient who will opt out; null: none is left.</summary>
    public string? TakeStopping()
    {
        lock (stopping)
        {
            if (stopping.Count == 0)
            {
                return null;
            }

            var last = stopping[^1];
            stopping.RemoveAt(stopping.Count - 1);
            return last;
        }
    }
}
