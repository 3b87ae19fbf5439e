using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

internal sealed record SigningAccount(Guid TenantId, string Token);

/// <summary>
/// Which tenant an AccountSid belongs to, and the token that signs its webhooks. Remembered for a minute; a stranger, and a token that did not fit,
/// are looked up again after two seconds, so that new credentials count at once and a flood of forgeries costs no flood of queries. Strangers
/// are remembered apart: however many there are, the accounts stay known.
/// </summary>
internal sealed partial class AccountTokens(SystemDb db, SecretBox secrets, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan RememberFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DoubtAfter = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, (SigningAccount Account, long At)> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> strangers = new(StringComparer.Ordinal);

    private const string Find = """
        select tenant_id, secret, secret_key_id from provider_accounts where provider = 'twilio' and account_sid = @AccountSid
        """;

    public Task<SigningAccount?> FindAsync(string accountSid, CancellationToken ct)
    {
        if (!Sid().IsMatch(accountSid) || (strangers.TryGetValue(accountSid, out var at) && time.GetElapsedTime(at) < DoubtAfter))
        {
            return Task.FromResult<SigningAccount?>(null);
        }

        return accounts.TryGetValue(accountSid, out var known) && time.GetElapsedTime(known.At) < RememberFor
            ? Task.FromResult<SigningAccount?>(known.Account)
            : ReadAsync(accountSid, ct);
    }

    /// <summary>What did not fit may have been replaced since it was read.</summary>
    /// <returns>The account with another token than <paramref name="unfit"/>; null when there is none.</returns>
    public async Task<SigningAccount?> FindNewerAsync(string accountSid, SigningAccount unfit, CancellationToken ct)
    {
        if (accounts.TryGetValue(accountSid, out var known) && known.Account == unfit && time.GetElapsedTime(known.At) < DoubtAfter)
        {
            return null;
        }

        var account = known.Account is null || known.Account == unfit ? await ReadAsync(accountSid, ct) : known.Account;
        return account == unfit ? null : account;
    }

    private async Task<SigningAccount?> ReadAsync(string accountSid, CancellationToken ct)
    {
        var row = await db.RunAsync(tx => tx.QueryOneAsync<AccountRow>(Find, new { AccountSid = accountSid }, ct), ct);
        var account = row is null ? null : Open(accountSid, row);
        if (account is null)
        {
            accounts.TryRemove(accountSid, out _);
            Remember(strangers, accountSid, time.GetTimestamp());
        }
        else
        {
            strangers.TryRemove(accountSid, out _);
            Remember(accounts, accountSid, (account, time.GetTimestamp()));
        }

        return account;
    }

    private static void Remember<T>(ConcurrentDictionary<string, T> known, string accountSid, T what)
    {
        if (known.Count >= MaxRemembered)
        {
            known.Clear();
        }

        known[accountSid] = what;
    }

    /// <exception cref="CryptographicException">Sealed with a key that this instance does not have, and nothing is remembered.</exception>
    private SigningAccount Open(string accountSid, AccountRow row)
    {
        try
        {
            return new SigningAccount(row.TenantId, secrets.Open(row.Secret, row.SecretKeyId, row.TenantId));
        }
        catch (CryptographicException) when (accounts.TryGetValue(accountSid, out var known) && known.Account is { } before && before.TenantId == row.TenantId)
        {
            // sealed anew by an instance that has a newer key: the token itself is as a rule the same
            return before;
        }
    }

    [GeneratedRegex(@"^AC[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sid();

    private sealed record AccountRow
    {
        public required Guid TenantId { get; init; }
        public required byte[] Secret { get; init; }
        public required string SecretKeyId { get; init; }
    }
}
