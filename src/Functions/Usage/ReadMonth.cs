using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Usage.Budget;

namespace Relais.Usage;

/// <summary>
/// Builds the usage view of a month from the stored daily counts, the messages of days without a stored count, the price list, the
/// provider's billing, and the budget.
/// </summary>
internal static class ReadMonth
{
    private const string SelectTenant = $"""
        select t.monthly_budget, t.usage_counted_to as counted_to, trim_scale(a.balance) as balance, a.balance_currency, a.balance_at
        from tenants t
        left join provider_accounts a on a.tenant_id = t.id and a.provider = '{ProviderNames.Current}'
        where t.id = @TenantId
        """;

    private const string SelectDays = """
        select day, channel, direction, country, messages, segments
        from usage_days
        where tenant_id = @TenantId and day >= @From and day < @To
        """;

    private const string SelectBilling = """
        select account_sid, category, trim_scale(count) as count, trim_scale(usage) as usage, trim_scale(price) as price, currency, as_of
        from usage_billing
        where tenant_id = @TenantId and month = @From
        """;

    private sealed class TenantRow
    {
        public decimal? MonthlyBudget { get; init; }
        public DateTime? CountedTo { get; init; }
        public decimal? Balance { get; init; }
        public string? BalanceCurrency { get; init; }
        public DateTime? BalanceAt { get; init; }
    }

    private sealed class DayRow
    {
        public required DateTime Day { get; init; }
        public required string Channel { get; init; }
        public required string Direction { get; init; }
        public required string Country { get; init; }
        public required long Messages { get; init; }
        public required long Segments { get; init; }
    }

    public static async Task<UsageView> ReadAsync(
        NpgsqlTransaction tx, Guid tenantId, DateOnly month, DateTimeOffset now, CancellationToken ct)
    {
        var key = new { TenantId = tenantId, From = month, To = month.AddMonths(1) };
        var tenant = (await tx.QueryOneAsync<TenantRow>(SelectTenant, key, ct))!;
        var days = (await tx.QueryAsync<DayRow>(SelectDays, key, ct)).ConvertAll(row =>
            new UsageDay(DateOnly.FromDateTime(row.Day), row.Channel, row.Direction, row.Country, row.Messages, row.Segments));
        days.AddRange(await CountUnstoredDaysAsync(tx, tenantId, month, tenant, now, ct));
        var rentals = await Rentals.SelectOfMonthAsync(tx, tenantId, month, ct);
        var estimate = UsageEstimate.Calculate(month, days, rentals, await PriceList.ReadAsync(tx, ct));
        var actual = BilledUsage.Create(await tx.QueryAsync<BilledRecord>(SelectBilling, key, ct));
        var balance = month == Month.FirstDayOf(now)
            ? FindBalance(tenant, BudgetView.ChooseCost(actual, estimate).Spent, now)
            : null;
        return new UsageView(
            Month.Format(month), ChannelUsage.Create(days, MessageChannel.Sms), ChannelUsage.Create(days, MessageChannel.Mms),
            ChannelUsage.Create(days, MessageChannel.WhatsApp),
            estimate, actual, BudgetView.Create(tenant.MonthlyBudget, actual, estimate), balance,
            await BudgetAlerts.SelectOfMonthAsync(tx, tenantId, month, ct));
    }

    /// <summary>Counts the days without a stored count: today, and yesterday until the hourly job has counted it.</summary>
    private static Task<List<UsageDay>> CountUnstoredDaysAsync(
        NpgsqlTransaction tx, Guid tenantId, DateOnly month, TenantRow tenant, DateTimeOffset now, CancellationToken ct)
    {
        var tomorrow = DateOnly.FromDateTime(now.UtcDateTime).AddDays(1);
        var (from, to) = (tenant.CountedTo is { } countedTo ? DateOnly.FromDateTime(countedTo).AddDays(1) : month, month.AddMonths(1));
        return CountUsage.RunAsync(tx, tenantId, from > month ? from : month, tomorrow < to ? tomorrow : to, ct);
    }

    private static AccountBalance? FindBalance(TenantRow tenant, decimal spent, DateTimeOffset now) =>
        tenant is { Balance: { } amount, BalanceCurrency: { } currency, BalanceAt: { } at }
            ? new AccountBalance(amount, currency, at, AccountBalance.IsLow(amount, spent, now.UtcDateTime.Day))
            : null;
}
