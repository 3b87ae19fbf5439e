using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>
/// Stores a batch of events in one transaction, together with the effect of its status reports and of its STOP and START messages.
/// </summary>
internal sealed class EventStore(SystemDb db, IWebhookProvider provider, AddressHash hash, TimeProvider time, Random random)
{
    /// <returns>The result of each event, by event id.</returns>
    /// <exception cref="DatabaseUnreachableException">No connection could be opened.</exception>
    public async Task<Dictionary<Guid, StoreResult>> StoreBatchAsync(IReadOnlyList<WebhookEvent> events, CancellationToken ct)
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

    /// <summary>Stores an event whose effect failed. The queue, or else the sweep, tries the effect again.</summary>
    public async Task<StoreResult> StoreUnprocessedAsync(WebhookEvent received, string reason, CancellationToken ct)
    {
        var delay = EventRetrySchedule.DelayAfter(1);
        var row = EventRow.Unprocessed(received, provider);
        var inserted = await db.RunAsync(tx => InsertEvents.RunAsync(tx, [row], 1, reason, time.GetUtcNow() + delay, ct), ct);
        var isNew = inserted.Count > 0;
        return new StoreResult(isNew, [], isNew ? delay : null);
    }

    private async Task<Dictionary<Guid, StoreResult>> StoreAsync(
        NpgsqlTransaction tx, IReadOnlyList<WebhookEvent> events, CancellationToken ct)
    {
        var rows = events.Select(received => EventRow.New(received, provider)).ToList();
        var now = time.GetUtcNow();
        var inserted = (await InsertEvents.RunAsync(tx, rows, 0, null, now + EventRetrySchedule.FirstSweepAfter, ct)).ToHashSet();
        var retries = await ApplyReportsAsync(tx, events, inserted, now, ct);
        await RecordConsentsAsync(tx, rows.Where(row => row.RecordsConsent && inserted.Contains(row.Event.Id)), ct);

        // A message that waits for a retry is returned with the first event whose URL names it, so that its retry is scheduled once. If no
        // URL names it, the minute sweep requeues the message.
        return events.ToDictionary(received => received.Id, received => new StoreResult(
            inserted.Contains(received.Id),
            received.MessageId is { } id && retries.Remove(id, out var retry) ? [retry] : []));
    }

    private async Task<Dictionary<Guid, AppliedTransition>> ApplyReportsAsync(
        NpgsqlTransaction tx, IReadOnlyList<WebhookEvent> events, HashSet<Guid> inserted, DateTimeOffset now, CancellationToken ct)
    {
        var reports = events
            .Where(received => received.Kind == WebhookEvent.StatusKind && inserted.Contains(received.Id))
            .Select(received => received.ToReport())
            .ToList();
        reports.AddRange(await ApplyLateErrorCodes.AddAsync(tx, events.Where(received => !inserted.Contains(received.Id)), ct));
        return reports.Count == 0 ? [] : await ApplyReportEvents.RunAsync(tx, reports, now, random, ct);
    }

    // Consents are recorded in the order of their addresses, so that two batches with the same people cannot deadlock.
    private async Task RecordConsentsAsync(NpgsqlTransaction tx, IEnumerable<EventRow> rows, CancellationToken ct)
    {
        foreach (var row in rows.OrderBy(row => AddressKey.From(row.Message!.From), StringComparer.Ordinal))
        {
            await RecordMessageConsent.RunAsync(tx, hash, row.Event.TenantId, row.Message!, null, row.Event.Id, row.Event.ReceivedAt, ct);
        }
    }
}
