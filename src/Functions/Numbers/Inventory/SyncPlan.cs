using Relais.Channels;

namespace Relais.Numbers.Inventory;

/// <summary>Compares the inventory with the numbers of the account. Pure.</summary>
/// <param name="New">Numbers that only the account has.</param>
/// <param name="Present">Active numbers of the inventory that the account has as well.</param>
/// <param name="Missing">
/// Active numbers that the list of the account lacks. A list may be incomplete, so each of them is fetched alone before it ends.
/// </param>
internal sealed record SyncPlan(
    IReadOnlyList<OwnedNumber> New, IReadOnlyList<(NumberRow Row, OwnedNumber Owned)> Present, IReadOnlyList<NumberRow> Missing)
{
    /// <param name="existing">The numbers of the inventory that are not released.</param>
    /// <param name="listed">All numbers of the account.</param>
    /// <param name="excluded">
    /// Numbers that count neither as new nor as missing: the steps of an open order handle them, or they were released after the list was
    /// requested.
    /// </param>
    /// <param name="listedAt">When the list was requested: it cannot contain numbers that were added later.</param>
    public static SyncPlan Compare(
        IReadOnlyList<NumberRow> existing,
        IReadOnlyList<OwnedNumber> listed,
        IReadOnlySet<string> excluded,
        DateTimeOffset listedAt)
    {
        var rows = existing.ToDictionary(row => row.Number, StringComparer.Ordinal);
        var owned = listed
            .GroupBy(number => number.Number, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var active = existing.Where(row => row.State == NumberState.Active).ToList();
        return new SyncPlan(
            [.. owned.Values.Where(number => !rows.ContainsKey(number.Number) && !excluded.Contains(number.Number))],
            [.. active.Where(row => owned.ContainsKey(row.Number)).Select(row => (row, owned[row.Number]))],
            [.. active.Where(row => !owned.ContainsKey(row.Number) && row.CreatedAt < listedAt && !excluded.Contains(row.Number))]);
    }
}
