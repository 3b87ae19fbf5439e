using System.Collections.Concurrent;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

internal sealed record SigningAccount(Guid TenantId, string Token);

/// <summary>Which tenant an AccountSid belongs to, and the token that signs its webhooks; remembered for a minute, strangers too.</summary>
internal sealed class AccountTokens(SystemDb db, SecretBox secrets, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan RememberFor = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (SigningAccount? Account, long At)> remembered = new(StringComparer.Ordinal);

    private const string Find = """
        select tenant_id, secret, secret_key_id from provider_accounts where provider = 'twilio' and account_sid = @AccountSid
        """;

    public async Task<SigningAccount?> FindAsync(string accountSid, CancellationToken ct)
    {
        if (accountSid.Length is 0 or > 64)
        {
            return null;
        }

        if (remembered.TryGetValue(accountSid, out var known) && time.GetElapsedTime(known.At) < RememberFor)
        {
            return known.Account;
        }

        var row = await db.RunAsync(tx => tx.QueryOneAsync<AccountRow>(Find, new { AccountSid = accountSid.Replace('\0', '?') }, ct), ct);
        var account = row is null ? null : new SigningAccount(row.TenantId, secrets.Open(row.Secret, row.SecretKeyId, row.TenantId));
        if (remembered.Count >= MaxRemembered)
        {
            remembered.Clear();
        }

        remembered[accountSid] = (account, time.GetTimestamp());
        return account;
    }

    private sealed record AccountRow
    {
        public required Guid TenantId { get; init; }
        public required byte[] Secret { get; init; }
        public required string SecretKeyId { get; init; }
    }
}
