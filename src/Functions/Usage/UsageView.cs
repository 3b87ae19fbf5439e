using Relais.Usage.Budget;

namespace Relais.Usage;

/// <summary>Messages of a month, one channel.</summary>
/// <param name="SegmentsSent">What is billed on SMS; elsewhere the same as the messages.</param>
internal sealed record ChannelUsage(long Sent, long Received, long SegmentsSent, long SegmentsReceived)
{
    public static ChannelUsage Create(IEnumerable<UsageDay> days, string channel)
    {
        var (sent, received) = (days.Where(day => day.Channel == channel && day.Direction == "out").ToList(), days.Where(day => day.Channel == channel && day.Direction == "in").ToList());
        return new ChannelUsage(sent.Sum(day => day.Messages), received.Sum(day => day.Messages), sent.Sum(day => day.Segments), received.Sum(day => day.Segments));
    }
}

/// <param name="Category">The provider's own word; sms holds sms-inbound and sms-outbound, and so on.</param>
/// <param name="Usage">In what is billed: segments, messages, numbers.</param>
internal sealed record BilledLine(string Category, decimal? Count, decimal? Usage, decimal Price);

/// <summary>What the provider says it will bill, over all accounts that the tenant had in the month.</summary>
/// <param name="Total">All of the accounts, not the sum of the lines.</param>
/// <param name="AsOf">When the provider had last counted.</param>
internal sealed record BilledUsage(string Currency, decimal Total, DateTimeOffset AsOf, IReadOnlyList<BilledLine> Lines)
{
    /// <summary>Accounts of several currencies are not added up: the currency in which most is billed counts.</summary>
    public static BilledUsage? Create(IReadOnlyCollection<BilledRecord> records)
    {
        var billed = records.Where(record => record.Category == ProviderBilling.Total).GroupBy(record => record.Currency)
            .Select(group => (Currency: group.Key, Total: group.Sum(record => record.Price), AsOf: group.Max(record => record.AsOf)))
            .OrderByDescending(one => one.Total).ThenByDescending(one => one.AsOf)
            .ToList();
        if (billed is not [var (currency, total, asOf), ..])
        {
            return null;
        }

        var lines = records.Where(record => record.Category != ProviderBilling.Total && record.Currency == currency).GroupBy(record => record.Category)
            .Select(group => new BilledLine(group.Key, Sum(group.Select(record => record.Count)), Sum(group.Select(record => record.Usage)), group.Sum(record => record.Price)))
            .OrderBy(line => line.Category, StringComparer.Ordinal)
            .ToList();
        return new BilledUsage(currency, total, asOf, lines);
    }

    private static decimal? Sum(IEnumerable<decimal?> counts) => counts.All(count => count is null) ? null : counts.Sum();
}

/// <summary>What an account was billed in one category.</summary>
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

/// <param name="Low">Less than a week at this month's pace, or less than five.</param>
internal sealed record AccountBalance(decimal Amount, string Currency, DateTimeOffset AsOf, bool Low)
{
    private const int DaysAhead = 7;
    private const decimal MinBalance = 5;

    /// <param name="spent">In the month so far.</param>
    /// <param name="dayOfMonth">1 on the first day.</param>
    public static bool IsLow(decimal amount, decimal spent, int dayOfMonth) => amount < Math.Max(MinBalance, spent / dayOfMonth * DaysAhead);
}

/// <summary>A month of a tenant.</summary>
/// <param name="Month">2026-11; it begins and ends at midnight GMT, as the provider bills.</param>
/// <param name="Actual">Null: the provider has not been asked, or no account is set up.</param>
/// <param name="Budget">Null: none is set.</param>
/// <param name="Balance">Null: not known; a sub-account has none.</param>
internal sealed record UsageView(
    string Month, ChannelUsage Sms, ChannelUsage Mms, ChannelUsage WhatsApp, UsageEstimate Estimate, BilledUsage? Actual,
    BudgetView? Budget, AccountBalance? Balance, IReadOnlyList<BudgetAlert> Alerts);
