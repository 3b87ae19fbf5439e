using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Accounts;

/// <summary>A tenant's account as it is stored, its token opened.</summary>
internal sealed record TenantAccount(Guid Id, Guid TenantId, ProviderAccount Provider, string State)
{
    /// <summary>When it was last saved, as far as this reading knows.</summary>
    public DateTime UpdatedAt { get; init; }
}

internal sealed class TenantAccounts(TenantDb db, SecretBox secrets)
{
    private const string SelectAccount = """
        select id, tenant_id, account_sid, secret, secret_key_id, state, updated_at
        from provider_accounts
        where tenant_id = @TenantId and provider = 'twilio'
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string AccountSid { get; init; }
        public required byte[] Secret { get; init; }
        public required string SecretKeyId { get; init; }
        public required string State { get; init; }
        public required DateTime UpdatedAt { get; init; }
    }

    public Task<TenantAccount?> FindAsync(Guid tenantId, CancellationToken ct) => db.RunAsync(tenantId, tx => FindAsync(tx, tenantId, ct), ct);

    public async Task<TenantAccount?> FindAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct)
    {
        var row = await tx.QueryOneAsync<Row>(SelectAccount, new { TenantId = tenantId }, ct);
        return row is null
            ? null
            : new TenantAccount(row.Id, row.TenantId, new ProviderAccount(row.AccountSid, secrets.Open(row.Secret, row.SecretKeyId, row.TenantId)), row.State) { UpdatedAt = row.UpdatedAt };
    }
}
