using System.Security.Cryptography;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>Reads the provider accounts of the tenants from the database and decrypts their auth tokens.</summary>
internal sealed class StoredWebhookAccounts(SystemDb db, SecretBox secrets)
{
    private const string SelectAccount = $"""
        select tenant_id, secret, secret_key_id, previous_secret, previous_secret_key_id, token_replaced_at, previous_token_expires_at
        from provider_accounts
        where provider = '{ProviderNames.Current}' and account_sid = @AccountSid
        """;

    private const string SetPreviousTokenExpiry = $"""
        update provider_accounts set previous_token_expires_at = @Until
        where provider = '{ProviderNames.Current}' and account_sid = @AccountSid
          and token_replaced_at = @TokenReplacedAt and previous_token_expires_at is null
        """;

    /// <param name="cached">The account as it was read before; null: it is not cached.</param>
    /// <returns>Null: no tenant has connected the account.</returns>
    /// <exception cref="CryptographicException">This instance lacks the key of the token and has not cached the account.</exception>
    public async Task<WebhookAccount?> ReadAsync(string accountSid, WebhookAccount? cached, CancellationToken ct)
    {
        var parameters = new { AccountSid = accountSid };
        var row = await db.RunAsync(tx => tx.QueryOneAsync<AccountRow>(SelectAccount, parameters, ct), ct);
        return row is null ? null : Decrypt(row, cached);
    }

    /// <summary>Does nothing if the token was replaced again or its expiry is already set.</summary>
    public Task SetPreviousTokenExpiryAsync(string accountSid, DateTime? tokenReplacedAt, DateTime expiresAt, CancellationToken ct)
    {
        var parameters = new { AccountSid = accountSid, TokenReplacedAt = tokenReplacedAt, Until = expiresAt };
        return db.RunAsync(tx => tx.ExecuteAsync(SetPreviousTokenExpiry, parameters, ct), ct);
    }

    private WebhookAccount Decrypt(AccountRow row, WebhookAccount? cached)
    {
        try
        {
            return new WebhookAccount(row.TenantId, secrets.Open(row.Secret, row.SecretKeyId, row.TenantId))
            {
                PreviousToken = DecryptPreviousToken(row, cached),
                TokenReplacedAt = row.TokenReplacedAt,
                PreviousTokenExpiresAt = row.PreviousTokenExpiresAt,
            };
        }
        catch (CryptographicException) when (cached?.TenantId == row.TenantId)
        {
            // Another instance encrypted the token with a newer key. Usually the token itself is the same, so the cached one still works.
            return cached;
        }
    }

    /// <summary>A previous token that cannot be decrypted must not make the current token unusable, so a failure returns null.</summary>
    private string? DecryptPreviousToken(AccountRow row, WebhookAccount? cached)
    {
        try
        {
            return row is { PreviousSecret: { } box, PreviousSecretKeyId: { } keyId } ? secrets.Open(box, keyId, row.TenantId) : null;
        }
        catch (CryptographicException)
        {
            return cached?.TokenReplacedAt == row.TokenReplacedAt ? cached?.PreviousToken : null;
        }
    }

    private sealed record AccountRow
    {
        public required Guid TenantId { get; init; }
        public required byte[] Secret { get; init; }
        public required string SecretKeyId { get; init; }
        public byte[]? PreviousSecret { get; init; }
        public string? PreviousSecretKeyId { get; init; }
        public DateTime? TokenReplacedAt { get; init; }
        public DateTime? PreviousTokenExpiresAt { get; init; }
    }
}
