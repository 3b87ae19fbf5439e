using Relais.Usage.Budget;

namespace Relais.Usage;

/// <summary>The messages of a month over one channel.</summary>
/// <param name="SegmentsSent">Billed segments of SMS; on other channels the same as the number of messages.</param>
internal sealed record ChannelUsage(long Sent, long Received, long SegmentsSent, long SegmentsReceived)
{
    public static ChannelUsage Create(IEnumerable<UsageDay> days, string channel)
    {
        var sent = days.Where(day => day.Channel == channel && day.Direction == "out").ToList();
        var received = days.Where(day => day.Channel == channel && day.Direction == "in").ToList();
        return new ChannelUsage(
            sent.Sum(day => day.Messages), received.Sum(day => day.Messages),
            sent.Sum(day => day.Segments), received.Sum(day => day.Segments));
    }
}

/// <summary>The provider's billing of a month in one category.</summary>
/// <param name="Category">The provider's name. A category such as sms includes its subcategories sms-inbound and sms-outbound.</param>
/// <param name="Usage">The number of billed units: segments, messages or numbers.</param>
internal sealed record BilledLine(string Category, decimal? Count, decimal? Usage, decimal Price);

/// <summary>The provider's billing of a month, over all accounts that the tenant had in the month.</summary>
/// <param name="Total">The total of the accounts. It is not the sum of the lines, which overlap.</param>
/// <param name="AsOf">The time of the provider's latest count.</param>
internal sealed record BilledUsage(string Currency, decimal Total, DateTimeOffset AsOf, IReadOnlyList<BilledLine> Lines)
{
    /// <summary>Adds up the accounts, but not different currencies: only the currency with the highest total is used.</summary>
    /// <returns>Null when there are no records.</returns>
    public static BilledUsage? Create(IReadOnlyCollection<BilledRecord> records)
    {
        var totals = records
            .Where(record => record.Category == ProviderBilling.Total)
            .GroupBy(record => record.Currency)
            .Select(group => (Currency: group.Key, Total: group.Sum(record => record.Price), AsOf: group.Max(record => record.AsOf)))
            .OrderByDescending(currencyTotal => currencyTotal.Total).ThenByDescending(currencyTotal => currencyTotal.AsOf)
            .ToList();
        if (totals is not [var (currency, total, asOf), ..])
        {
            return null;
        }

        var lines = records
            .Where(record => record.Category != ProviderBilling.Total && record.Currency == currency)
            .GroupBy(record => record.Category)
            .Select(group => new BilledLine(
                group.Key, Sum(group.Select(record => record.Count)), Sum(group.Select(record => record.Usage)),
                group.Sum(record => record.Price)))
            .OrderBy(line => line.Category, StringComparer.Ordinal)
            .ToList();
        return new BilledUsage(currency, total, asOf, lines);
    }

    /// <returns>Null when all counts are null.</returns>
    private static decimal? Sum(IEnumerable<decimal?> counts) => counts.All(count => count is null) ? null : counts.Sum();
}

/// <summary>A row of usage_billing: the billing of one account in one category.</summary>
internal sealed record BilledRecord
{
    public required string AccountSid { get; init; }
    public required string Category { get; init; }
    public decimal? Count { get; init; }
    public decimal? Usage { get; init; }
    public required decimal Price { get; init; }
    public required string Currency { get; init; }
    public required DateTime AsOf { get; init; }
}

/// <summary>The remaining credit of the provider account.</summary>
/// <param name="Low">True when the balance is below 5, or does not last seven days at this month's average.</param>
internal sealed record AccountBalance(decimal Amount, string Currency, DateTimeOffset AsOf, bool Low)
{
    private const int MinDays = 7;
    private const decimal MinBalance = 5;

    /// <param name="amount">The balance.</param>
    /// <param name="spent">The cost of the month so far.</param>
    /// <param name="dayOfMonth">1 on the first day.</param>
    public static bool IsLow(decimal amount, decimal spent, int dayOfMonth) =>
        amount < Math.Max(MinBalance, spent / dayOfMonth * MinDays);
}

/// <summary>The usage of a tenant in one month.</summary>
/// <param name="Month">Such as 2026-11. It begins and ends at midnight UTC, as the provider's billing does.</param>
/// <param name="Actual">The provider's billing; null when it was not read yet or no account is set up.</param>
/// <param name="Budget">Null when no budget is set.</param>
/// <param name="Balance">Null for a past month, for a sub-account, and when the balance was not read yet.</param>
internal sealed record UsageView(
    string Month, ChannelUsage Sms, ChannelUsage Mms, ChannelUsage WhatsApp, UsageEstimate Estimate, BilledUsage? Actual,
    BudgetView? Budget, AccountBalance? Balance, IReadOnlyList<BudgetAlert> Alerts);
