using Relais.Telephony.Usage.Budget;

namespace Relais.Telephony.Usage;

/// <summary>Messages of a month, one channel.</summary>
/// <param name="SegmentsSent">What is billed on SMS; elsewhere the same as the messages.</param>
internal sealed record ChannelUsage(long Sent, long Received, long SegmentsSent, long SegmentsReceived)
{
    public static ChannelUsage Of(IEnumerable<UsageDay> days, string channel)
    {
        var (sent, received) = (days.Where(day => day.Channel == channel && day.Direction == "out").ToList(), days.Where(day => day.Channel == channel && day.Direction == "in").ToList());
        return new ChannelUsage(sent.Sum(day => day.Messages), received.Sum(day => day.Messages), sent.Sum(day => day.Segments), received.Sum(day => day.Segments));
    }
}

/// <param name="Category">The provider's own word; sms holds sms-inbound and sms-outbound, and so on.</param>
/// <param name="Usage">In what is billed: segments, messages, numbers.</param>
internal sealed record ActualLine(string Category, decimal? Count, decimal? Usage, decimal Price);

/// <summary>What the provider says it will bill.</summary>
/// <param name="Total">All of the account, not the sum of the lines.</param>
/// <param name="AsOf">When the provider had last counted.</param>
internal sealed record ActualUsage(string Currency, decimal Total, DateTimeOffset AsOf, IReadOnlyList<ActualLine> Lines);

/// <param name="Low">Less than a week at this month's pace, or less than five.</param>
internal sealed record AccountBalance(decimal Amount, string Currency, DateTimeOffset AsOf, bool Low)
{
    private const int DaysAhead = 7;
    private const decimal Least = 5;

    /// <param name="spent">In the month so far.</param>
    /// <param name="dayOfMonth">1 on the first day.</param>
    public static bool IsLow(decimal amount, decimal spent, int dayOfMonth) => amount < Math.Max(Least, spent / dayOfMonth * DaysAhead);
}

/// <summary>A month of a tenant.</summary>
/// <param name="Month">2026-11; it begins and ends at midnight GMT, as the provider bills.</param>
/// <param name="Actual">Null: the provider has not been asked, or no account is set up.</param>
/// <param name="Budget">Null: none is set.</param>
/// <param name="Balance">Null: not known; a sub-account has none.</param>
internal sealed record UsageView(
    string Month, ChannelUsage Sms, ChannelUsage Mms, ChannelUsage WhatsApp, UsageEstimate Estimate, ActualUsage? Actual,
    BudgetView? Budget, AccountBalance? Balance, IReadOnlyList<BudgetAlert> Alerts);
