using System.ComponentModel.DataAnnotations;

namespace Relais.Usage.Budget;

/// <summary>A month's budget and the cost so far.</summary>
/// <param name="Amount">The monthly budget.</param>
/// <param name="Spent">The provider's billing or the estimate, whichever is higher.</param>
/// <param name="Source">"actual" when <paramref name="Spent"/> is the billing, otherwise "estimate".</param>
/// <param name="Share">Spent divided by the budget: 0.8 is 80 %.</param>
/// <param name="State">near: at least 80 % are spent; over: at least 100 %.</param>
internal sealed record BudgetView(
    decimal Amount, string Currency, decimal Spent, [property: AllowedValues("actual", "estimate")] string Source, decimal Share,
    [property: AllowedValues("ok", "near", "over")] string State)
{
    /// <summary>The percentages of the budget that raise an alert.</summary>
    public static readonly int[] Levels = [80, 100];

    public static BudgetView? Create(decimal? budget, BilledUsage? actual, UsageEstimate estimate)
    {
        if (budget is not { } amount)
        {
            return null;
        }

        var (spent, currency, source) = ChooseCost(actual, estimate);
        var state = FindReachedLevels(amount, spent) switch { [] => "ok", [_] => "near", _ => "over" };
        return new BudgetView(amount, currency, spent, source, Math.Round(spent / amount, 4), state);
    }

    /// <summary>
    /// Chooses the cost that is compared with the budget: the higher of billing and estimate, because the provider's billing lags behind.
    /// When their currencies differ they cannot be compared, and the billing is used.
    /// </summary>
    /// <returns>The cost, its currency, and "actual" for the billing or "estimate".</returns>
    public static (decimal Spent, string Currency, string Source) ChooseCost(BilledUsage? actual, UsageEstimate estimate) =>
        actual is null || (actual.Currency == estimate.Currency && estimate.Total > actual.Total)
            ? (estimate.Total, estimate.Currency, "estimate")
            : (actual.Total, actual.Currency, "actual");

    public IReadOnlyList<int> ReachedLevels => FindReachedLevels(Amount, Spent);

    private static int[] FindReachedLevels(decimal budget, decimal spent) => [.. Levels.Where(level => spent * 100 >= budget * level)];
}

/// <summary>The cost of a month has reached a level of the budget.</summary>
internal sealed record BudgetAlert
{
    /// <summary>Such as 2026-11.</summary>
    public required string Month { get; init; }

    /// <summary>Percent of the budget: 80 or 100.</summary>
    public required int Level { get; init; }

    /// <summary>The cost at the time of the alert.</summary>
    public required decimal Spent { get; init; }

    /// <summary>The budget at the time of the alert.</summary>
    public required decimal Budget { get; init; }

    public required string Currency { get; init; }
    public required DateTime At { get; init; }
}
