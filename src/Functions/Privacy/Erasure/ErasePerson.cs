using Npgsql;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Privacy.Erasure;

/// <summary>
/// Removes a person. What is long over goes first, in short transactions of its own; then one transaction, in which nothing new
/// about them can appear, does the rest. Asked again, it goes on where it stopped.
/// </summary>
internal sealed class ErasePerson(TenantDb db, RedactLateReports lateReports, AddressHash hash, TimeProvider time)
{
    private const int MaxAttempts = 3;

    private const string SetLockTimeout = "select set_config('lock_timeout', @LockTimeout, true)";

    /// <summary>How long an import or another erasure may keep this one waiting, as PostgreSQL writes it.</summary>
    internal string LockTimeout { get; init; } = "20s";

    public async Task<Result<ErasureCounts>> RunAsync(Caller caller, ErasureRequest wanted, CancellationToken ct)
    {
        if (!hash.HasKey)
        {
            return PrivacyFailures.NoKey();
        }

        var person = await db.RunAsync(caller.TenantId, tx => BeginAsync(tx, caller, wanted, ct), ct);
        if (person is null)
        {
            return PrivacyFailures.ContactNotFound();
        }

        var (erased, sids) = (new ErasureCounts(), new HashSet<string>(StringComparer.Ordinal));
        while (await db.RunAsync(caller.TenantId, tx => EraseMessages.ErasePageAsync(tx, person, erased, sids, ct), ct))
        {
        }

        var (counts, recheck, failure) = await EraseRemainingAsync(caller, wanted, erased, sids, ct);
        if (failure is not null)
        {
            return failure;
        }

        counts.WebhookEvents += recheck is { } id ? await lateReports.RunAsync(id, ct) : 0;
        return counts;
    }

    /// <summary>What goes in pages goes for good, whatever becomes of the rest: who asked for it is written first.</summary>
    private async Task<DataSubject?> BeginAsync(NpgsqlTransaction tx, Caller caller, ErasureRequest wanted, CancellationToken ct)
    {
        var person = await DataSubject.FindAsync(tx, hash, caller.TenantId, wanted, ct);
        if (person is not null && await EraseMessages.AnyAsync(tx, person, ct))
        {
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), new AuditEntry("person.erase_begin", "contact", Subject(person)), ct);
        }

        return person;
    }

    private async Task<(ErasureCounts Counts, Guid? Recheck, Failure? Failure)> EraseRemainingAsync(
        Caller caller, ErasureRequest wanted, ErasureCounts before, HashSet<string> sids, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // counted anew in each try: what was rolled back did not happen
                var erased = before with { };
                return (erased, await db.RunAsync(caller.TenantId, tx => EraseRemainingAsync(tx, caller, wanted, erased, sids, ct), ct), null);
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < MaxAttempts)
            {
                // the other one went first
            }
            catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                return (before, null, PrivacyFailures.ErasureBlocked());
            }
        }
    }

    /// <returns>Of the look that is still to come; null when no report can have been stored.</returns>
    private async Task<Guid?> EraseRemainingAsync(NpgsqlTransaction tx, Caller caller, ErasureRequest wanted, ErasureCounts erased, HashSet<string> sids, CancellationToken ct)
    {
        await tx.ExecuteAsync(SetLockTimeout, new { LockTimeout }, ct);
        var person = await DataSubject.FindAndLockAsync(tx, hash, caller.TenantId, wanted, ct);
        if (person is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        await PendingInboundOfPerson.RecordAsync(tx, person, erased, ct);
        await EraseMessages.EraseRemainingAsync(tx, person, erased, sids, now, ct);
        await RedactEvents.RedactByAddressAsync(tx, person, erased, ct);
        await EraseConsents.RunAsync(tx, person, erased, now, ct);
        await EraseContact.RunAsync(tx, person, erased, ct);
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, new AuditEntry("person.erase", "contact", Subject(person), After: erased), ct);
        // an erasure that was interrupted has forgotten the SIDs that it had found, but the messages under way have hashes
        sids.UnionWith(await EraseMessages.SidsAsync(tx, person, ct));
        return sids.Count == 0 ? null : await RedactLateReports.InsertRecheckAsync(tx, caller.TenantId, sids, now, ct);
    }

    private static string Subject(DataSubject person) => person.ContactId?.ToString() ?? person.Hashes[0];
}
