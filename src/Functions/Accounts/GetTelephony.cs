using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Accounts;

/// <summary>The account, its numbers in figures, and where they must send their messages.</summary>
internal sealed class GetTelephony(TenantDb db, RouterUrls targets)
{
    private const string SelectAccount = $"select {AccountView.Columns} from provider_accounts where tenant_id = @TenantId and provider = 'twilio'";

    private const string CountNumbers = """
        select count(*) filter (where state = 'active')::int as active, count(*) filter (where state = 'active' and sender_id is not null)::int as connected,
          count(*) filter (where state = 'active' and drifted)::int as drifted, count(*) filter (where state = 'releasing')::int as releasing,
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

    /// <param name="Account">Null: none is set up.</param>
    internal sealed record Output(AccountView? Account, NumberCounts Numbers, WebhookUrls Webhooks, bool RepairWebhooks);

    public Task<Output> RunAsync(Guid tenantId, CancellationToken ct) => db.RunAsync(tenantId, async tx =>
    {
        var account = await tx.QueryOneAsync<AccountView>(SelectAccount, new { TenantId = tenantId }, ct);
        var counts = await tx.QueryOneAsync<NumberCounts>(CountNumbers, new { TenantId = tenantId }, ct);
        var expected = targets.Expected;
        return new Output(account, counts!, new WebhookUrls(expected.SmsUrl, expected.SmsFallbackUrl, expected.StatusCallback), await tx.QueryOneAsync<bool>(SelectRepairSetting, new { TenantId = tenantId }, ct));
    }, ct);
}
