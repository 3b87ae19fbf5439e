using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Accounts;

/// <summary>Reads the account of a tenant, the counts of its numbers and the webhooks that they must have.</summary>
internal sealed class GetTelephony(TenantDb db, RouterUrls routerUrls)
{
    private const string SelectAccount = $"""
        select {AccountView.Columns} from provider_accounts where tenant_id = @TenantId and provider = '{ProviderNames.Current}'
        """;

    private const string CountNumbers = """
        select count(*) filter (where state = 'active')::int as active,
          count(*) filter (where state = 'active' and sender_id is not null)::int as connected,
          count(*) filter (where state = 'active' and drifted)::int as drifted,
          count(*) filter (where state = 'releasing')::int as releasing,
          (select count(*)::int from number_orders where tenant_id = @TenantId and status not in ('done', 'failed')) as open_orders
        from phone_numbers
        where tenant_id = @TenantId
        """;

    private const string SelectRepairSetting = "select repair_webhooks from tenants where id = @TenantId";

    internal sealed record NumberCounts
    {
        public required int Active { get; init; }
        public required int Connected { get; init; }
        public required int Drifted { get; init; }
        public required int Releasing { get; init; }
        public required int OpenOrders { get; init; }
    }

    internal sealed record WebhookUrls(Uri SmsUrl, Uri SmsFallbackUrl, Uri StatusCallback);

    /// <param name="Account">Null: the tenant has no account.</param>
    internal sealed record Output(AccountView? Account, NumberCounts Numbers, WebhookUrls Webhooks, bool RepairWebhooks);

    public Task<Output> RunAsync(Guid tenantId, CancellationToken ct) => db.RunAsync(tenantId, async tx =>
    {
        var parameters = new { TenantId = tenantId };
        var account = await tx.QueryOneAsync<AccountView>(SelectAccount, parameters, ct);
        var counts = await tx.QueryOneAsync<NumberCounts>(CountNumbers, parameters, ct);
        var repairWebhooks = await tx.QueryOneAsync<bool>(SelectRepairSetting, parameters, ct);
        var expected = routerUrls.Expected;
        var webhooks = new WebhookUrls(expected.SmsUrl, expected.SmsFallbackUrl, expected.StatusCallback);
        return new Output(account, counts!, webhooks, repairWebhooks);
    }, ct);
}
