using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>
/// Stores the provider's billing of a month and the balance of an account. New figures replace the earlier figures of the same account;
/// those of the tenant's other accounts stay.
/// </summary>
internal static class ProviderBilling
{
    /// <summary>The provider's category for the total of the account.</summary>
    public const string Total = "totalprice";

    // Subcategories such as sms-inbound are stored as well.
    private static readonly string[] StoredCategories = [Total, "sms", "mms", "channels", "phonenumbers", "failed-message", "a2p"];

    private const string ReplaceMonth = """
        delete from usage_billing where tenant_id = @TenantId and month = @Month and account_sid in (@AccountSid, '');
        insert into usage_billing (tenant_id, month, account_sid, category, count, usage, price, currency, as_of)
        select @TenantId, @Month, @AccountSid, category, count, usage, price, currency, as_of
        from unnest(@Categories, @Counts, @Usages, @Prices, @Currencies, @AsOf) as r (category, count, usage, price, currency, as_of);
        """;

    private const string UpdateBalance = """
        update provider_accounts set balance = @Amount, balance_currency = @Currency, balance_at = @Now
        where id = @Id and account_sid = @AccountSid
        """;

    /// <summary>Replaces the stored billing of one month of the account.</summary>
    public static Task KeepAsync(
        NpgsqlTransaction tx, TenantAccount account, DateOnly month, IReadOnlyList<UsageRecord> records, DateTimeOffset now,
        CancellationToken ct)
    {
        // The provider returns no records for an account without usage: store a total of 0, so that the month counts as billed.
        var stored = records.Count == 0
            ? [new UsageRecord(Total, null, null, 0, UsageEstimate.ListCurrency, now)]
            : records.Where(IsStored).DistinctBy(record => record.Category).ToList();
        return tx.ExecuteAsync(ReplaceMonth, new
        {
            account.TenantId,
            AccountSid = account.Credentials.Sid,
            Month = month,
            Categories = stored.Select(record => record.Category).ToArray(),
            Counts = stored.Select(record => record.Count).ToArray(),
            Usages = stored.Select(record => record.Usage).ToArray(),
            Prices = stored.Select(record => record.Price).ToArray(),
            Currencies = stored.Select(record => record.Currency).ToArray(),
            AsOf = stored.Select(record => record.AsOf.UtcDateTime).ToArray(),
        }, ct);
    }

    /// <summary>Stores the balance of the account.</summary>
    /// <param name="tx">A transaction of the tenant.</param>
    /// <param name="account">The account.</param>
    /// <param name="balance">Null: the account has no balance of its own, as a sub-account.</param>
    /// <param name="now">The time at which the balance was read.</param>
    /// <param name="ct">Cancels the statement.</param>
    public static Task KeepAsync(NpgsqlTransaction tx, TenantAccount account, Money? balance, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(
            UpdateBalance,
            new { account.Id, AccountSid = account.Credentials.Sid, balance?.Amount, balance?.Currency, Now = now.UtcDateTime },
            ct);

    private static bool IsStored(UsageRecord record) =>
        StoredCategories.Any(category =>
            record.Category == category || record.Category.StartsWith($"{category}-", StringComparison.Ordinal))
        && (record.Price != 0 || record.Count is > 0 || record.Category == Total);
}
