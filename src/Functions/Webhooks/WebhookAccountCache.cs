using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>
/// Which tenant an AccountSid belongs to, and the tokens that sign its webhooks. Remembered for a minute; a stranger, and tokens that did not fit,
/// are looked up again after two seconds, so that new credentials count at once and a flood of forgeries costs no flood of queries. Strangers
/// are remembered apart: however many there are, the accounts stay known.
/// </summary>
internal sealed partial class WebhookAccountCache(SystemDb db, SecretBox secrets, TimeProvider time) : IDisposable
{
    private const int MaxCachedAccounts = 10_000;
    private const int MaxConcurrentLookups = 4;
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NegativeCacheTime = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, (SigningAccount Account, long At)> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> unknownAccounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<SigningAccount?>>> reads = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim lookupSlots = new(MaxConcurrentLookups);

    private const string SelectAccount = $"""
        select tenant_id, secret, secret_key_id, previous_secret, previous_secret_key_id, token_replaced_at, previous_token_expires_at
        from provider_accounts
        where provider = '{ProviderNames.Current}' and account_sid = @AccountSid
        """;

    private const string SetPreviousTokenExpiry = $"""
        update provider_accounts set previous_token_expires_at = @Until
        where provider = '{ProviderNames.Current}' and account_sid = @AccountSid and token_replaced_at = @TokenReplacedAt and previous_token_expires_at is null
        """;

    /// <param name="accountSid">As the call names it.</param>
    /// <param name="tryConsumeLookupQuota">Asked once, before the database is, about an account that is not known here.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SigningAccount?> FindAsync(string accountSid, Func<bool> tryConsumeLookupQuota, CancellationToken ct)
    {
        if (!Sid().IsMatch(accountSid) || IsKnownMissing(accountSid))
        {
            return null;
        }

        if (accounts.TryGetValue(accountSid, out var known))
        {
            return time.GetElapsedTime(known.At) < CacheTime ? known.Account : await ReadAsync(accountSid, ct);
        }

        return await LookUpUnknownAsync(accountSid, tryConsumeLookupQuota, ct);
    }

    /// <summary>What did not fit may have been replaced since it was read.</summary>
    /// <returns>The account with another token than <paramref name="rejected"/>; null when there is none.</returns>
    public async Task<SigningAccount?> ReloadAfterSignatureMismatchAsync(string accountSid, SigningAccount rejected, CancellationToken ct)
    {
        if (accounts.TryGetValue(accountSid, out var known) && known.Account == rejected && time.GetElapsedTime(known.At) < NegativeCacheTime)
        {
            return null;
        }

        var account = known.Account is null || known.Account == rejected ? await ReadAsync(accountSid, ct) : known.Account;
        return account == rejected ? null : account;
    }

    /// <summary>The present token signed: from now on the days of the one before are numbered.</summary>
    public async Task StartPreviousTokenExpiryAsync(string accountSid, SigningAccount account, CancellationToken ct)
    {
        var ending = account with { PreviousTokenExpiresAt = (time.GetUtcNow() + SigningAccount.PreviousTokenGracePeriod).UtcDateTime };
        if (accounts.TryGetValue(accountSid, out var known) && known.Account == account && accounts.TryUpdate(accountSid, (ending, known.At), known))
        {
            await db.RunAsync(tx => tx.ExecuteAsync(SetPreviousTokenExpiry, new { AccountSid = accountSid, account.TokenReplacedAt, Until = ending.PreviousTokenExpiresAt }, ct), ct);
        }
    }

    public void Dispose() => lookupSlots.Dispose();

    private bool IsKnownMissing(string accountSid) => unknownAccounts.TryGetValue(accountSid, out var at) && time.GetElapsedTime(at) < NegativeCacheTime;

    /// <summary>Who is not known here may be anybody's invention: they take few connections from those who are known.</summary>
    private async Task<SigningAccount?> LookUpUnknownAsync(string accountSid, Func<bool> tryConsumeLookupQuota, CancellationToken ct)
    {
        await lookupSlots.WaitAsync(ct);
        try
        {
            // somebody may have asked the same meanwhile
            return accounts.TryGetValue(accountSid, out var known) ? known.Account : IsKnownMissing(accountSid) || !tryConsumeLookupQuota() ? null : await ReadAsync(accountSid, ct);
        }
        finally
        {
            lookupSlots.Release();
        }
    }

    /// <summary>Webhooks of one account that need it read at the same moment share one query.</summary>
    private Task<SigningAccount?> ReadAsync(string accountSid, CancellationToken ct) =>
        reads.GetOrAdd(accountSid, sid => new Lazy<Task<SigningAccount?>>(() => ReadOnceAsync(sid))).Value.WaitAsync(ct);

    private async Task<SigningAccount?> ReadOnceAsync(string accountSid)
    {
        try
        {
            return await ReadFromDatabaseAsync(accountSid);
        }
        finally
        {
            reads.TryRemove(accountSid, out _);
        }
    }

    // several callers wait for the answer: none of them cancels it
    private async Task<SigningAccount?> ReadFromDatabaseAsync(string accountSid)
    {
        var row = await db.RunAsync(tx => tx.QueryOneAsync<AccountRow>(SelectAccount, new { AccountSid = accountSid }, CancellationToken.None), CancellationToken.None);
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

    private static void AddToCache<T>(ConcurrentDictionary<string, T> known, string accountSid, T what)
    {
        if (known.Count >= MaxCachedAccounts)
        {
            known.Clear();
        }

        known[accountSid] = what;
    }

    /// <exception cref="CryptographicException">Sealed with a key that this instance does not have, and nothing is remembered.</exception>
    private SigningAccount Decrypt(string accountSid, AccountRow row)
    {
        try
        {
            return new SigningAccount(row.TenantId, secrets.Open(row.Secret, row.SecretKeyId, row.TenantId))
            {
                PreviousToken = OpenPrevious(accountSid, row),
                TokenReplacedAt = row.TokenReplacedAt,
                PreviousTokenExpiresAt = row.PreviousTokenExpiresAt,
            };
        }
        catch (CryptographicException) when (accounts.TryGetValue(accountSid, out var known) && known.Account is { } before && before.TenantId == row.TenantId)
        {
            // sealed anew by an instance that has a newer key: the token itself is as a rule the same
            return before;
        }
    }

    /// <summary>One that does not open must not stand in the way of the present one.</summary>
    private string? OpenPrevious(string accountSid, AccountRow row)
    {
        try
        {
            return row is { PreviousSecret: { } box, PreviousSecretKeyId: { } keyId } ? secrets.Open(box, keyId, row.TenantId) : null;
        }
        catch (CryptographicException)
        {
            return accounts.TryGetValue(accountSid, out var known) && known.Account.TokenReplacedAt == row.TokenReplacedAt ? known.Account.PreviousToken : null;
        }
    }

    [GeneratedRegex(@"^AC[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sid();

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
