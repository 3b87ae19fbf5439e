using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Accounts;

/// <summary>The stored account of a tenant with its decrypted token.</summary>
internal sealed record TenantAccount(Guid Id, Guid TenantId, ProviderCredentials Credentials, string State)
{
    /// <summary>When the credentials were last saved before this record was read.</summary>
    public DateTime UpdatedAt { get; init; }
}

/// <summary>Reads the account of a tenant and decrypts its token.</summary>
internal sealed class TenantAccounts(TenantDb db, SecretBox secrets)
{
    private const string SelectAccount = $"""
        select id, tenant_id, account_sid, secret, secret_key_id, state, updated_at
        from provider_accounts
        where tenant_id = @TenantId and provider = '{ProviderNames.Current}'
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

    /// <returns>Null: the tenant has no account.</returns>
    public Task<TenantAccount?> FindAsync(Guid tenantId, CancellationToken ct) =>
        db.RunAsync(tenantId, tx => FindAsync(tx, tenantId, ct), ct);

    public async Task<TenantAccount?> FindAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct)
    {
        var row = await tx.QueryOneAsync<Row>(SelectAccount, new { TenantId = tenantId }, ct);
        if (row is null)
        {
            return null;
        }

        var token = secrets.Open(row.Secret, row.SecretKeyId, row.TenantId);
        var credentials = new ProviderCredentials(row.AccountSid, token);
        return new TenantAccount(row.Id, row.TenantId, credentials, row.State) { UpdatedAt = row.UpdatedAt };
    }
}
