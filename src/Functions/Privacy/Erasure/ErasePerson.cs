using Npgsql;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Privacy.Erasure;

/// <summary>
/// Erases a person. Messages that are not waiting to be sent are erased first, in short transactions. Then one transaction erases the rest,
/// under locks that block new data about the person. A repeated request continues where an interrupted erasure stopped.
/// </summary>
internal sealed class ErasePerson(TenantDb db, RedactLateReports lateReports, AddressHash hash, TimeProvider time)
{
    private const int MaxAttempts = 3;

    private const string SetLockTimeout = "select set_config('lock_timeout', @LockTimeout, true)";

    /// <summary>How long this erasure waits for the locks of an import or another erasure, in PostgreSQL syntax.</summary>
    internal string LockTimeout { get; init; } = "20s";

    public async Task<Result<ErasureCounts>> RunAsync(Caller caller, ErasureRequest request, CancellationToken ct)
    {
        if (!hash.HasKey)
        {
            return PrivacyFailures.HashKeyMissing();
        }

        var person = await db.RunAsync(caller.TenantId, tx => BeginAsync(tx, caller, request, ct), ct);
        if (person is null)
        {
            return PrivacyFailures.ContactNotFound();
        }

        var (erased, sids) = (new ErasureCounts(), new HashSet<string>(StringComparer.Ordinal));
        while (await db.RunAsync(caller.TenantId, tx => EraseMessages.ErasePageAsync(tx, person, erased, sids, ct), ct))
        {
        }

        var (counts, recheckId, failure) = await EraseRemainingAsync(caller, request, erased, sids, ct);
        if (failure is not null)
        {
            return failure;
        }

        counts.WebhookEvents += recheckId is { } id ? await lateReports.RunAsync(id, ct) : 0;
        return counts;
    }

    /// <summary>
    /// Finds the person, and writes an audit entry if the pages will change messages: they stay changed even if the erasure fails later.
    /// </summary>
    /// <returns>Null when the contact does not exist.</returns>
    private async Task<DataSubject?> BeginAsync(NpgsqlTransaction tx, Caller caller, ErasureRequest request, CancellationToken ct)
    {
        var person = await DataSubject.FindAsync(tx, hash, caller.TenantId, request, ct);
        if (person is not null && await EraseMessages.HasErasableAsync(tx, person, ct))
        {
            var entry = new AuditEntry("person.erase_begin", "contact", Subject(person));
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), entry, ct);
        }

        return person;
    }

    private async Task<(ErasureCounts Counts, Guid? RecheckId, Failure? Failure)> EraseRemainingAsync(
        Caller caller, ErasureRequest request, ErasureCounts before, HashSet<string> sids, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Each attempt starts from the counts of the pages, because the counts of a rolled-back attempt do not apply.
                var erased = before with { };
                var recheckId = await db.RunAsync(
                    caller.TenantId, tx => EraseRemainingAsync(tx, caller, request, erased, sids, ct), ct);
                return (erased, recheckId, null);
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < MaxAttempts)
            {
                // PostgreSQL cancelled this transaction so that the other one can finish: try again.
            }
            catch (PostgresException failure)
                when (failure.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                return (before, null, PrivacyFailures.ErasureBlocked());
            }
        }
    }

    /// <returns>The id of the recheck for late reports; null when no report can have been stored during the erasure.</returns>
    private async Task<Guid?> EraseRemainingAsync(
        NpgsqlTransaction tx, Caller caller, ErasureRequest request, ErasureCounts erased, HashSet<string> sids, CancellationToken ct)
    {
        await tx.ExecuteAsync(SetLockTimeout, new { LockTimeout }, ct);
        var person = await DataSubject.FindAndLockAsync(tx, hash, caller.TenantId, request, ct);
        if (person is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        await PendingInboundOfPerson.RecordConsentAndRedactAsync(tx, person, erased, ct);
        await EraseMessages.EraseRemainingAsync(tx, person, erased, sids, now, ct);
        await RedactEvents.RedactByAddressAsync(tx, person, erased, ct);
        await EraseConsents.RunAsync(tx, person, erased, now, ct);
        await EraseContact.RunAsync(tx, person, erased, ct);
        var entry = new AuditEntry("person.erase", "contact", Subject(person), After: erased);
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, entry, ct);
        // An interrupted erasure did not store the SIDs that it collected. Messages that are not delivered yet are found by their hash.
        sids.UnionWith(await EraseMessages.SelectSidsByHashAsync(tx, person, ct));
        return sids.Count == 0 ? null : await RedactLateReports.InsertRecheckAsync(tx, caller.TenantId, sids, now, ct);
    }

    private static string Subject(DataSubject person) => person.ContactId?.ToString() ?? person.Hashes[0];
}
