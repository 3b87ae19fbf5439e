using System.Collections.Concurrent;
using System.Text.RegularExpressions;
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
    private readonly StoredWebhookAccounts stored = new(db, secrets);
    private readonly SemaphoreSlim lookupSlots = new(MaxConcurrentLookups);

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
            await stored.SetPreviousTokenExpiryAsync(accountSid, account.TokenReplacedAt, expiresAt, ct);
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
        var cached = accounts.TryGetValue(accountSid, out var entry) ? entry.Account : null;
        var account = await stored.ReadAsync(accountSid, cached, CancellationToken.None);
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

    [GeneratedRegex(@"^AC[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountSidFormat();
}

/// <summary>The result of looking up the account that a webhook names.</summary>
internal abstract record AccountLookup
{
    /// <summary>A tenant has connected the account.</summary>
    internal sealed record Found(WebhookAccount Account) : AccountLookup;

    /// <summary>No tenant has connected the account.</summary>
    internal sealed record Unknown : AccountLookup;

    /// <summary>The account is not cached and was not looked up, because the caller has used up its limit for such lookups.</summary>
    internal sealed record LimitReached : AccountLookup;

    /// <param name="account">The account that was read; null: the database has no such account.</param>
    public static AccountLookup From(WebhookAccount? account) => account is null ? new Unknown() : new Found(account);
}

/// <summary>The tenant that receives the webhooks of an account, and the auth tokens that may have signed them.</summary>
/// <param name="Token">The current auth token.</param>
internal sealed record WebhookAccount(Guid TenantId, string Token)
{
    /// <summary>How long the previous token is still accepted after the current one first signed a webhook.</summary>
    public static readonly TimeSpan PreviousTokenGracePeriod = TimeSpan.FromHours(24);

    /// <summary>
    /// How long the previous token is accepted at most, even if the current one never signs a webhook: a token may have been replaced
    /// because others know it.
    /// </summary>
    public static readonly TimeSpan PreviousTokenMaxAge = TimeSpan.FromDays(7);

    /// <summary>The token that the current one replaced; null: there is none.</summary>
    public string? PreviousToken { get; init; }

    public DateTime? TokenReplacedAt { get; init; }

    /// <summary>When the previous token expires; null: the current token has not signed a webhook yet.</summary>
    public DateTime? PreviousTokenExpiresAt { get; init; }

    public IEnumerable<string> AcceptedTokens(DateTimeOffset now) =>
        PreviousToken is not null
        && (PreviousTokenExpiresAt is not { } expiresAt || now.UtcDateTime < expiresAt)
        && now.UtcDateTime < TokenReplacedAt + PreviousTokenMaxAge
            ? [Token, PreviousToken]
            : [Token];

    // Hides the tokens from logs and exceptions that print the record.
    public override string ToString() => $"account of {TenantId}";
}
