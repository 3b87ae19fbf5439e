using System.ComponentModel.DataAnnotations;

namespace Relais.Usage.Budget;

/// <summary>A budget and how much of it is gone.</summary>
/// <param name="Amount">A month's.</param>
/// <param name="Spent">What the provider will bill or the estimate, whichever is more.</param>
/// <param name="Source">Which of the two it is.</param>
/// <param name="Share">Of the budget; 0.8 is four fifths.</param>
internal sealed record BudgetView(
    decimal Amount, string Currency, decimal Spent, [property: AllowedValues("actual", "estimate")] string Source, decimal Share,
    [property: AllowedValues("ok", "near", "over")] string State)
{
    /// <summary>Shares of the budget, in percent, that are told.</summary>
    public static readonly int[] Levels = [80, 100];

    public static BudgetView? Create(decimal? budget, BilledUsage? actual, UsageEstimate estimate)
    {
        if (budget is not { } amount)
        {
            return null;
        }

        var (spent, currency, source) = ComparedWithBudget(actual, estimate);
        return new BudgetView(amount, currency, spent, source, Math.Round(spent / amount, 4), FindReachedLevels(amount, spent) switch { [] => "ok", [_] => "near", _ => "over" });
    }

    /// <summary>The bill comes late and may stand still while the provider is away; the estimate goes on. What is in two currencies cannot be compared.</summary>
    public static (decimal Spent, string Currency, string Source) ComparedWithBudget(BilledUsage? actual, UsageEstimate estimate) =>
        actual is null || (actual.Currency == estimate.Currency && estimate.Total > actual.Total)
            ? (estimate.Total, estimate.Currency, "estimate")
            : (actual.Total, actual.Currency, "actual");

    public IReadOnlyList<int> ReachedLevels => FindReachedLevels(Amount, Spent);

    private static int[] FindReachedLevels(decimal budget, decimal spent) => [.. Levels.Where(level => spent * 100 >= budget * level)];
}

/// <summary>Told once: in this month so much of the budget was gone.</summary>
internal sealed record BudgetAlert
{
    /// <summary>Such as 2026-11.</summary>
    public required string Month { get; init; }

    /// <summary>Percent.</summary>
    public required int Level { get; init; }

    /// <summary>At that time.</summary>
    public required decimal Spent { get; init; }

    /// <summary>As it was then.</summary>
    public required decimal Budget { get; init; }
    public required string Currency { get; init; }
    public required DateTime At { get; init; }
}
