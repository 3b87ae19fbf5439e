using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>
/// Finds the tenant and the auth tokens of a provider account. An account is cached for one minute. Unknown accounts, and accounts whose
/// tokens did not match a signature, are read again after two seconds at the earliest: new credentials work almost immediately, and a flood
/// of forged calls causes few queries. Unknown accounts have a cache of their own, so that invented accounts cannot displace real ones.
/// </summary>
internal sealed partial class WebhookAccountCache(SystemDb db, SecretBox secrets, TimeProvider time) : IDisposable
{
    private const int MaxCachedAccounts = 10_000;
    private const int MaxConcurrentLookups = 4;
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MinRereadInterval = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, (WebhookAccount Account, long ReadAt)> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> unknownAccounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<WebhookAccount?>>> queriesInProgress = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim lookupSlots = new(MaxConcurrentLookups);

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

    /// <param name="accountSid">The account that the webhook names; not verified.</param>
    /// <param name="tryConsumeLookupQuota">
    /// Called before an account that is not cached is looked up in the database. False: the account is not looked up.
    /// </param>
    /// <param name="ct">Cancels the caller's wait; a query that other callers share goes on.</param>
    public async Task<AccountLookup> FindAsync(string accountSid, Func<bool> tryConsumeLookupQuota, CancellationToken ct)
    {
        if (!AccountSidFormat().IsMatch(accountSid) || IsCachedAsUnknown(accountSid))
        {
            return new AccountLookup.Unknown();
        }

        if (accounts.TryGetValue(accountSid, out var cached))
        {
            return AccountLookup.From(time.GetElapsedTime(cached.ReadAt) < CacheTime ? cached.Account : await ReadAsync(accountSid, ct));
        }

        return await LookUpUncachedAsync(accountSid, tryConsumeLookupQuota, ct);
    }

    /// <summary>
    /// Reads an account again whose tokens did not match a signature: its auth token may have been replaced since it was cached.
    /// </summary>
    /// <returns>The account if it differs from <paramref name="rejected"/>; null otherwise.</returns>
    public async Task<WebhookAccount?> ReloadAfterSignatureMismatchAsync(string accountSid, WebhookAccount rejected, CancellationToken ct)
    {
        var isCached = accounts.TryGetValue(accountSid, out var cached);
        if (isCached && cached.Account == rejected && time.GetElapsedTime(cached.ReadAt) < MinRereadInterval)
        {
            return null;
        }

        // Another call may have cached a newer account since this one read the rejected account.
        var account = !isCached || cached.Account == rejected ? await ReadAsync(accountSid, ct) : cached.Account;
        return account == rejected ? null : account;
    }

    /// <summary>Call it when the current token has signed a webhook: the previous token expires after the grace period.</summary>
    public async Task StartPreviousTokenExpiryAsync(string accountSid, WebhookAccount account, CancellationToken ct)
    {
        var expiresAt = (time.GetUtcNow() + WebhookAccount.PreviousTokenGracePeriod).UtcDateTime;
        var expiring = account with { PreviousTokenExpiresAt = expiresAt };

        // Of several concurrent calls, only the one that updates the cache writes to the database.
        if (accounts.TryGetValue(accountSid, out var cached)
            && cached.Account == account
            && accounts.TryUpdate(accountSid, (expiring, cached.ReadAt), cached))
        {
            var parameters = new { AccountSid = accountSid, account.TokenReplacedAt, Until = expiring.PreviousTokenExpiresAt };
            await db.RunAsync(tx => tx.ExecuteAsync(SetPreviousTokenExpiry, parameters, ct), ct);
        }
    }

    public void Dispose() => lookupSlots.Dispose();

    private bool IsCachedAsUnknown(string accountSid) =>
        unknownAccounts.TryGetValue(accountSid, out var readAt) && time.GetElapsedTime(readAt) < MinRereadInterval;

    /// <summary>
    /// Lookups of accounts that are not cached share four slots, so that a flood of invented accounts cannot exhaust the connection pool.
    /// </summary>
    private async Task<AccountLookup> LookUpUncachedAsync(string accountSid, Func<bool> tryConsumeLookupQuota, CancellationToken ct)
    {
        await lookupSlots.WaitAsync(ct);
        try
        {
            // Another call may have looked up the same account while this one waited for its slot.
            if (accounts.TryGetValue(accountSid, out var cached))
            {
                return new AccountLookup.Found(cached.Account);
            }

            if (IsCachedAsUnknown(accountSid))
            {
                return new AccountLookup.Unknown();
            }

            return tryConsumeLookupQuota() ? AccountLookup.From(await ReadAsync(accountSid, ct)) : new AccountLookup.LimitReached();
        }
        finally
        {
            lookupSlots.Release();
        }
    }

    /// <summary>Webhooks that need the same account at the same time share one query.</summary>
    private Task<WebhookAccount?> ReadAsync(string accountSid, CancellationToken ct) =>
        queriesInProgress.GetOrAdd(accountSid, sid => new Lazy<Task<WebhookAccount?>>(() => ReadOnceAsync(sid))).Value.WaitAsync(ct);

    private async Task<WebhookAccount?> ReadOnceAsync(string accountSid)
    {
        try
        {
            return await ReadFromDatabaseAsync(accountSid);
        }
        finally
        {
            queriesInProgress.TryRemove(accountSid, out _);
        }
    }

    // Several callers share the query, so none of their cancellation tokens may cancel it.
    private async Task<WebhookAccount?> ReadFromDatabaseAsync(string accountSid)
    {
        var parameters = new { AccountSid = accountSid };
        var row = await db.RunAsync(
            tx => tx.QueryOneAsync<AccountRow>(SelectAccount, parameters, CancellationToken.None), CancellationToken.None);
        var account = row is null ? null : Decrypt(accountSid, row);
        if (account is null)
        {
            accounts.TryRemove(accountSid, out _);
            AddToCache(unknownAccounts, accountSid, time.GetTimestamp());
        }
        else
        {
            unknownAccounts.TryRemove(accountSid, out _);
            AddToCache(accounts, accountSid, (account, time.GetTimestamp()));
        }

        return account;
    }

    private static void AddToCache<T>(ConcurrentDictionary<string, T> cache, string accountSid, T value)
    {
        if (cache.Count >= MaxCachedAccounts)
        {
            cache.Clear();
        }

        cache[accountSid] = value;
    }

    /// <exception cref="CryptographicException">This instance lacks the key of the token and has not cached the account.</exception>
    private WebhookAccount Decrypt(string accountSid, AccountRow row)
    {
        try
        {
            return new WebhookAccount(row.TenantId, secrets.Open(row.Secret, row.SecretKeyId, row.TenantId))
            {
                PreviousToken = DecryptPreviousToken(accountSid, row),
                TokenReplacedAt = row.TokenReplacedAt,
                PreviousTokenExpiresAt = row.PreviousTokenExpiresAt,
            };
        }
        catch (CryptographicException) when (
            accounts.TryGetValue(accountSid, out var cached) && cached.Account is { } account && account.TenantId == row.TenantId)
        {
            // Another instance encrypted the token with a newer key. Usually the token itself is the same, so the cached one still works.
            return account;
        }
    }

    /// <summary>A previous token that cannot be decrypted must not make the current token unusable, so a failure returns null.</summary>
    private string? DecryptPreviousToken(string accountSid, AccountRow row)
    {
        try
        {
            return row is { PreviousSecret: { } box, PreviousSecretKeyId: { } keyId } ? secrets.Open(box, keyId, row.TenantId) : null;
        }
        catch (CryptographicException)
        {
            return accounts.TryGetValue(accountSid, out var cached) && cached.Account.TokenReplacedAt == row.TokenReplacedAt
                ? cached.Account.PreviousToken
                : null;
        }
    }

    [GeneratedRegex(@"^AC[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountSidFormat();

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
