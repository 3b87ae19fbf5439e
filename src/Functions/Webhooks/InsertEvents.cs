using Npgsql;
using Relais.Platform.Database;

namespace Relais.Webhooks;

/// <summary>Inserts webhook events that are not stored yet.</summary>
internal static class InsertEvents
{
    // The lock timeout bounds the wait for a row that another transaction has locked: the provider waits fifteen seconds for the answer.
    // Rows are inserted in the order of the unique key, so that two batches with the same events cannot deadlock.
    private const string InsertNewEvents = """
        set local lock_timeout = '2s';
        insert into webhook_events
          (id, tenant_id, provider, kind, sid, status, payload, state, received_at, contact_address, message_id, message_attempt,
            attempts, next_attempt_at, last_error, consent_recorded)
        select id, tenant_id, provider, kind, sid, status, payload::jsonb, state, received_at, contact_address, message_id, message_attempt,
          @Attempts, @NextAttemptAt, @LastError, consent_recorded
        from unnest(@Ids, @TenantIds, @Providers, @Kinds, @Sids, @Statuses, @Payloads, @States, @Times, @ContactAddresses,
            @MessageIds, @MessageAttempts, @ConsentRecorded)
          as e (id, tenant_id, provider, kind, sid, status, payload, state, received_at, contact_address,
            message_id, message_attempt, consent_recorded)
        order by tenant_id, provider, sid, kind, status
        on conflict (tenant_id, provider, sid, kind, status) do nothing
        returning id
        """;

    /// <returns>The ids of the inserted events; an event that is already stored is left out.</returns>
    public static Task<List<Guid>> RunAsync(
        NpgsqlTransaction tx, IReadOnlyList<EventRow> rows, int attempts, string? error, DateTimeOffset nextAttemptAt,
        CancellationToken ct) =>
        tx.QueryAsync<Guid>(InsertNewEvents, new
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
