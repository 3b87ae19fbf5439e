using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Inventory;

/// <summary>The second half of a release: releases the number at the provider, then in the inventory. It is safe to retry.</summary>
internal sealed class FinishRelease(TenantDb db, TenantAccounts accounts, INumberProvider provider, TimeProvider time)
{
    private static readonly Actor Job = Actor.System("finish-release");

    private const string SelectReleasing = "select provider_sid from phone_numbers where id = @Id and state = 'releasing'";

    private const string ReactivateNumber = """
        with number as (
          update phone_numbers set state = 'active' where id = @Id and state = 'releasing' returning sender_id
        )
        update senders set retired_at = null where id in (select sender_id from number)
        """;

    /// <returns>Why the provider refused the release; null: the number is released, or the release will be retried.</returns>
    public async Task<Failure?> RunAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        var (sid, account) = await db.RunAsync(tenantId, async tx =>
            (await tx.QueryOneAsync<string>(SelectReleasing, new { Id = id }, ct), await accounts.FindAsync(tx, tenantId, ct)), ct);
        if (sid is null || account is null)
        {
            return null;
        }

        var released = await provider.ReleaseAsync(account.Credentials, sid);
        // After rejected credentials (401, 403) the account may still have the number, or an earlier attempt may have released it.
        if (released.Failure is { IsTransient: true } or { HttpStatus: 401 or 403 })
        {
            return null;
        }

        await db.RunAsync(tenantId, tx => StoreOutcomeAsync(tx, tenantId, id, sid, released.Failure, ct), ct);
        return released.Failure is { } refused ? TelephonyFailures.From(refused) : null;
    }

    /// <param name="refused">Why the provider refused the release; null: the number is released.</param>
    private async Task StoreOutcomeAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid id, string sid, ProviderFailure? refused, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (refused is not null)
        {
            await tx.ExecuteAsync(ReactivateNumber, new { Id = id }, ct);
            var active = new { State = NumberState.Active, Code = ProviderReasons.ReasonFor(refused) };
            var kept = new AuditEntry("number.kept", "number", id.ToString(), After: active);
            await AuditTrail.WriteAsync(tx, tenantId, Job, now, kept, ct);
            return;
        }

        if (await StoredNumbers.MarkReleasedAsync(tx, id, sid, now, ct))
        {
            var ended = new AuditEntry("number.released", "number", id.ToString(), After: new { Sid = sid, State = NumberState.Released });
            await AuditTrail.WriteAsync(tx, tenantId, Job, now, ended, ct);
        }
    }
}
