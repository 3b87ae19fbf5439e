using Relais.Channels;

namespace Relais.Numbers.Inventory;

/// <summary>Inventory and account side by side. Pure.</summary>
/// <param name="New">The account has them, the inventory does not.</param>
/// <param name="Present">Both have them.</param>
/// <param name="Missing">The complete list lacks them: to be asked for one by one before anything ends.</param>
internal sealed record SyncPlan(IReadOnlyList<OwnedNumber> New, IReadOnlyList<(NumberRow Row, OwnedNumber Held)> Present, IReadOnlyList<NumberRow> Missing)
{
    /// <param name="known">What is not released.</param>
    /// <param name="listed">All that the account has.</param>
    /// <param name="beingBought">Numbers of open orders: those look after themselves.</param>
    /// <param name="since">When the list was asked for; what came later cannot stand in it.</param>
    public static SyncPlan Compare(IReadOnlyList<NumberRow> known, IReadOnlyList<OwnedNumber> listed, IReadOnlySet<string> beingBought, DateTimeOffset since)
    {
        var rows = known.ToDictionary(row => row.Number, StringComparer.Ordinal);
        var held = listed.GroupBy(one => one.Number, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        return new SyncPlan(
            [.. held.Values.Where(one => !rows.ContainsKey(one.Number) && !beingBought.Contains(one.Number))],
            [.. known.Where(row => row.State == "active" && held.ContainsKey(row.Number)).Select(row => (row, held[row.Number]))],
            [.. known.Where(row => row.State == "active" && !held.ContainsKey(row.Number) && row.CreatedAt < since && !beingBought.Contains(row.Number))]);
    }
}
