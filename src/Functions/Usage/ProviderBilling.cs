using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Accounts;

namespace Relais.Usage;

/// <summary>What a provider said about a month of an account replaces what it said before; what another account of the tenant used stays.</summary>
internal static class ProviderBilling
{
    /// <summary>Everything of the account.</summary>
    public const string Total = "totalprice";

    private static readonly string[] Kept = [Total, "sms", "mms", "channels", "phonenumbers", "failed-message", "a2p"];

    private const string ReplaceMonth = """
        delete from usage_billing where tenant_id = @TenantId and month = @Month and account_sid in (@AccountSid, '');
        insert into usage_billing (tenant_id, month, account_sid, category, count, usage, price, currency, as_of)
        select @TenantId, @Month, @AccountSid, category, count, usage, price, currency, as_of
        from unnest(@Categories, @Counts, @Usages, @Prices, @Currencies, @AsOf) as r (category, count, usage, price, currency, as_of);
        """;

    private const string StoreBalance = """
        update provider_accounts set balance = @Amount, balance_currency = @Currency, balance_at = @Now
        where id = @Id and account_sid = @AccountSid
        """;

    public static Task KeepAsync(NpgsqlTransaction tx, TenantAccount account, DateOnly month, IReadOnlyList<UsageRecord> records, DateTimeOffset now, CancellationToken ct)
    {
        // an account that used nothing has no records
        var kept = records.Count == 0 ? [new UsageRecord(Total, null, null, 0, UsageEstimate.ListCurrency, now)] : records.Where(IsStoredCategory).DistinctBy(record => record.Category).ToList();
        return tx.ExecuteAsync(ReplaceMonth, new
        {
            account.TenantId,
            AccountSid = account.Provider.Sid,
            Month = month,
            Categories = kept.Select(record => record.Category).ToArray(),
            Counts = kept.Select(record => record.Count).ToArray(),
            Usages = kept.Select(record => record.Usage).ToArray(),
            Prices = kept.Select(record => record.Price).ToArray(),
            Currencies = kept.Select(record => record.Currency).ToArray(),
            AsOf = kept.Select(record => record.AsOf.UtcDateTime).ToArray(),
        }, ct);
    }

    public static Task KeepAsync(NpgsqlTransaction tx, TenantAccount account, Money? balance, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(StoreBalance, new { account.Id, AccountSid = account.Provider.Sid, balance?.Amount, balance?.Currency, Now = now.UtcDateTime }, ct);

    private static bool IsStoredCategory(UsageRecord record) =>
        Kept.Any(kept => record.Category == kept || record.Category.StartsWith($"{kept}-", StringComparison.Ordinal)) && (record.Price != 0 || record.Count is > 0 || record.Category == Total);
}
