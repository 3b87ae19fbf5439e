using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>The result of storing one event.</summary>
/// <param name="IsNew">False: the same event was stored before and has had its effect.</param>
/// <param name="Retries">Messages that now wait for a retry.</param>
/// <param name="RetryDelay">The event is stored without its effect, which has to be tried again after this delay.</param>
internal sealed record StoredEvent(bool IsNew, IReadOnlyList<AppliedTransition> Retries, TimeSpan? RetryDelay = null);

/// <summary>Stores a batch of events in one transaction, together with the effect of its status reports and of its STOP and START messages.</summary>
internal sealed class EventStore(SystemDb db, IWebhookProvider provider, AddressHash hash, TimeProvider time, Random random)
{
    // A row that another transaction holds must not keep the whole batch from its answer: the provider waits fifteen seconds.
    // Inserted in the order of the key, so that two batches with the same events cannot deadlock.
    private const string InsertEvents = """
        set local lock_timeout = '2s';
        insert into webhook_events
          (id, tenant_id, provider, kind, sid, status, payload, state, received_at, contact_address, message_id, message_attempt, attempts, next_attempt_at, last_error, consent_recorded)
        select id, tenant_id, provider, kind, sid, status, payload::jsonb, state, received_at, contact_address, message_id, message_attempt, @Attempts, @NextAttemptAt, @LastError, consent_recorded
        from unnest(@Ids, @TenantIds, @Providers, @Kinds, @Sids, @Statuses, @Payloads, @States, @Times, @ContactAddresses, @MessageIds, @MessageAttempts, @ConsentRecorded)
          as e (id, tenant_id, provider, kind, sid, status, payload, state, received_at, contact_address, message_id, message_attempt, consent_recorded)
        order by tenant_id, provider, sid, kind, status
        on conflict (tenant_id, provider, sid, kind, status) do nothing
        returning id
        """;

    /// <exception cref="DatabaseUnreachableException">No connection could be opened.</exception>
    public async Task<Dictionary<Guid, StoredEvent>> RunAsync(IReadOnlyList<WebhookEvent> events, CancellationToken ct)
    {
        var isConnected = false;
        try
        {
            return await db.RunAsync(
                tx =>
                {
                    isConnected = true;
                    return StoreAsync(tx, events, ct);
                },
                ct);
        }
        catch (NpgsqlException failure) when (!isConnected)
        {
            throw new DatabaseUnreachableException(failure);
        }
    }

    /// <summary>Stores an event whose effect failed. The sweep tries the effect again.</summary>
    public async Task<StoredEvent> StoreUnprocessedAsync(WebhookEvent received, string reason, CancellationToken ct)
    {
        var delay = EventRetrySchedule.DelayAfter(1);
        var kept = await db.RunAsync(tx => InsertAsync(tx, [EventRow.Unprocessed(received, provider)], 1, reason, time.GetUtcNow() + delay, ct), ct);
        return new StoredEvent(kept.Count > 0, [], kept.Count > 0 ? delay : null);
    }

    private async Task<Dictionary<Guid, StoredEvent>> StoreAsync(NpgsqlTransaction tx, IReadOnlyList<WebhookEvent> events, CancellationToken ct)
    {
        var rows = events.Select(received => EventRow.New(received, provider)).ToList();
        var now = time.GetUtcNow();
        var inserted = (await InsertAsync(tx, rows, 0, null, now + EventRetrySchedule.FirstSweepAfter, ct)).ToHashSet();
        var reports = events.Where(received => received.Kind == WebhookEvent.StatusKind && inserted.Contains(received.Id)).Select(received => received.ToReport()).ToList();
        reports.AddRange(await AddLateErrorCodes.AddAsync(tx, events.Where(received => !inserted.Contains(received.Id)), ct));
        var retries = reports.Count == 0 ? [] : await ApplyStatusReports.RunAsync(tx, reports, now, random, ct);
        foreach (var row in rows.Where(row => row.RecordsConsent && inserted.Contains(row.Event.Id)).OrderBy(row => AddressKey.From(row.Message!.From), StringComparer.Ordinal))
        {
            await RecordMessageConsent.RunAsync(tx, hash, row.Event.TenantId, row.Message!, null, row.Event.Id, row.Event.ReceivedAt, ct);
        }

        return events.ToDictionary(received => received.Id, received => new StoredEvent(
            inserted.Contains(received.Id),
            received.MessageId is { } id && retries.Remove(id, out var retry) ? [retry] : []));
    }

    private static Task<List<Guid>> InsertAsync(NpgsqlTransaction tx, IReadOnlyList<EventRow> rows, int attempts, string? error, DateTimeOffset nextAttemptAt, CancellationToken ct) =>
        tx.QueryAsync<Guid>(InsertEvents, new
        {
            Ids = rows.Select(row => row.Event.Id).ToArray(),
            TenantIds = rows.Select(row => row.Event.TenantId).ToArray(),
            Providers = rows.Select(row => row.Event.Provider).ToArray(),
            Kinds = rows.Select(row => row.Event.Kind).ToArray(),
            Sids = rows.Select(row => row.Event.Sid).ToArray(),
            Statuses = rows.Select(row => row.Event.Status).ToArray(),
            Payloads = rows.Select(row => row.Event.Payload).ToArray(),
            States = rows.Select(row => row.State).ToArray(),
            Times = rows.Select(row => row.Event.ReceivedAt.UtcDateTime).ToArray(),
            ContactAddresses = rows.Select(row => row.ContactAddress).ToArray(),
            MessageIds = rows.Select(row => row.Event.MessageId).ToArray(),
            MessageAttempts = rows.Select(row => row.Event.Attempt).ToArray(),
            ConsentRecorded = rows.Select(row => row.RecordsConsent).ToArray(),
            Attempts = attempts,
            LastError = error,
            NextAttemptAt = nextAttemptAt.UtcDateTime,
        }, ct);
}
