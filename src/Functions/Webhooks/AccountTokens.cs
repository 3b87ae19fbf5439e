using System.Collections.Concurrent;
using System.Security.Cryptography;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

internal sealed record SigningAccount(Guid TenantId, string Token);

/// <summary>
/// Which tenant an AccountSid belongs to, and the token that signs its webhooks. Remembered for a minute; a stranger, and a token that did not fit,
/// are looked up again after two seconds, so that new credentials count at once and a flood of forgeries costs no flood of queries.
/// </summary>
internal sealed class AccountTokens(SystemDb db, SecretBox secrets, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan RememberFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DoubtAfter = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, (SigningAccount? Account, long At)> remembered = new(StringComparer.Ordinal);

    private const string Find = """
        select tenant_id, secret, secret_key_id from provider_accounts where provider = 'twilio' and account_sid = @AccountSid
        """;

    public Task<SigningAccount?> FindAsync(string accountSid, CancellationToken ct)
    {
        if (accountSid.Length is 0 or > 64)
        {
            return Task.FromResult<SigningAccount?>(null);
        }

        return remembered.TryGetValue(accountSid, out var known) && time.GetElapsedTime(known.At) < (known.Account is null ? DoubtAfter : RememberFor)
            ? Task.FromResult(known.Account)
            : ReadAsync(accountSid, ct);
    }

    /// <summary>What did not fit may have been replaced since it was read.</summary>
    /// <returns>The account with another token than <paramref name="unfit"/>; null when there is none.</returns>
    public async Task<SigningAccount?> FindNewerAsync(string accountSid, SigningAccount unfit, CancellationToken ct)
    {
        if (remembered.TryGetValue(accountSid, out var known) && known.Account == unfit && time.GetElapsedTime(known.At) < DoubtAfter)
        {
            return null;
        }

        var account = known.Account is null || known.Account == unfit ? await ReadAsync(accountSid, ct) : known.Account;
        return account == unfit ? null : account;
    }

    private async Task<SigningAccount?> ReadAsync(string accountSid, CancellationToken ct)
    {
        var row = await db.RunAsync(tx => tx.QueryOneAsync<AccountRow>(Find, new { AccountSid = accountSid.Replace('\0', '?') }, ct), ct);
        var account = row is null ? null : Open(accountSid, row);
        if (remembered.Count >= MaxRemembered)
        {
            remembered.Clear();
        }

        remembered[accountSid] = (account, time.GetTimestamp());
        return account;
    }

    /// <exception cref="CryptographicException">Sealed with a key that this instance does not have, and nothing is remembered.</exception>
    private SigningAccount Open(string accountSid, AccountRow row)
    {
        try
        {
            return new SigningAccount(row.TenantId, secrets.Open(row.Secret, row.SecretKeyId, row.TenantId));
        }
        catch (CryptographicException) when (remembered.TryGetValue(accountSid, out var known) && known.Account is { } before && before.TenantId == row.TenantId)
        {
            // sealed anew by an instance that has a newer key: the token itself is as a rule the same
            return before;
        }
    }

    private sealed record AccountRow
    {
        public required Guid TenantId { get; init; }
        public required byte[] Secret { get; init; }
        public required string SecretKeyId { get; init; }
    }
}
