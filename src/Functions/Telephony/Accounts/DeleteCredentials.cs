using Npgsql;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Telephony.Accounts;

/// <summary>Forgets an account of which nothing is in use any more, secret included.</summary>
internal sealed class DeleteCredentials(TenantDb db, TimeProvider time)
{
    private const string Current = "select id, account_sid from provider_accounts where tenant_id = @TenantId and provider = 'twilio'";

    private const string Forget = """
        update senders set account_id = null where account_id = @Id;
        delete from provider_accounts where id = @Id;
        """;

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string AccountSid { get; init; }
    }

    public Task<Failure?> RunAsync(Caller caller, CancellationToken ct) => db.RunAsync(caller.TenantId, tx => DeleteAsync(tx, caller, ct), ct);

    private async Task<Failure?> DeleteAsync(NpgsqlTransaction tx, Caller caller, CancellationToken ct)
    {
        await AccountUse.LockAsync(tx, caller.TenantId, ct);
        var account = await tx.QueryOneAsync<Row>(Current, new { caller.TenantId }, ct);
        if (account is null)
        {
            return null;
        }

        if (await AccountUse.IsUsedAsync(tx, caller.TenantId, account.Id, ct))
        {
            return TelephonyFailures.Named(TelephonyFailures.AccountHasNumbers);
        }

        await tx.ExecuteAsync(Forget, new { account.Id }, ct);
        var change = new Change("account.disconnect", "account", account.Id.ToString(), Before: new { account.AccountSid });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), change, ct);
        return null;
    }
}
