using Relais.Access;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Accounts;

namespace Relais.Numbers.Inventory;

/// <summary>The second half of a release: the provider gives the number away, then it ends here. Harmless when repeated.</summary>
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

    /// <returns>Why the provider keeps the number for us; null: it is released, or will be tried again.</returns>
    public async Task<Failure?> RunAsync(Guid tenantId, Guid id, CancellationToken ct)
    {
        var (sid, account) = await db.RunAsync(tenantId, async tx =>
            (await tx.QueryOneAsync<string>(SelectReleasing, new { Id = id }, ct), await accounts.FindAsync(tx, tenantId, ct)), ct);
        if (sid is null || account is null)
        {
            return null;
        }

        var released = await provider.ReleaseAsync(account.Provider, sid);
        // an earlier try may have come through: credentials that are refused now say nothing about it
        if (released.Failure is { IsTransient: true } or { HttpStatus: 401 or 403 })
        {
            return null;
        }

        await db.RunAsync(tenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (released.Failure is { } failure)
            {
                await tx.ExecuteAsync(ReactivateNumber, new { Id = id }, ct);
                var kept = new AuditEntry("number.kept", "number", id.ToString(), After: new { State = "active", Code = ProviderReasons.Find(failure) });
                await AuditTrail.WriteAsync(tx, tenantId, Job, now, kept, ct);
                return;
            }

            if (await StoredNumbers.MarkReleasedAsync(tx, id, sid, now, ct))
            {
                await AuditTrail.WriteAsync(tx, tenantId, Job, now, new AuditEntry("number.released", "number", id.ToString(), After: new { Sid = sid, State = "released" }), ct);
            }
        }, ct);
        return released.Failure is { } refused ? TelephonyFailures.From(refused) : null;
    }
}
