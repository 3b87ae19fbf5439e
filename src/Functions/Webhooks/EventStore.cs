using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;
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
            .Select(ToReport)
            .ToList();
        var late = await ApplyLateErrorCodes.AddAsync(tx, events.Where(received => !inserted.Contains(received.Id)), ct);
        reports.AddRange(late.Select(ToReport));
        if (reports.Count == 0)
        {
            return [];
        }

        var applied = await ApplyStatusReports.RunAsync(tx, reports, now, random, ct);
        return applied.Transitions.Where(transition => transition.WaitsForRetry)
            .GroupBy(transition => transition.Id)
            .ToDictionary(group => group.Key, group => group.Last());
    }

    private static StatusReport ToReport(WebhookEvent received) => new(
        received.TenantId, received.Id, received.MessageId, received.Attempt, received.Sid, received.Status, received.ErrorCode,
        received.ReceivedAt);

    // Consents are recorded in the order of their addresses, so that two batches with the same people cannot deadlock.
    private async Task RecordConsentsAsync(NpgsqlTransaction tx, IEnumerable<EventRow> rows, CancellationToken ct)
    {
        foreach (var row in rows.OrderBy(row => AddressKey.From(row.Message!.From), StringComparer.Ordinal))
        {
            await RecordMessageConsent.RunAsync(tx, hash, row.Event.TenantId, row.Message!, null, row.Event.Id, row.Event.ReceivedAt, ct);
        }
    }
}

/// <summary>The result of storing one event.</summary>
/// <param name="IsNew">False: the same event was stored before. Its effect may still be pending.</param>
/// <param name="MessagesToRetry">Messages that now wait for a retry.</param>
/// <param name="RetryDelay">
/// Set when the event is stored without its effect: how long to wait before the effect is tried again. Null otherwise.
/// </param>
internal sealed record StoreResult(bool IsNew, IReadOnlyList<AppliedTransition> MessagesToRetry, TimeSpan? RetryDelay = null);

/// <summary>A webhook event in the form in which it is inserted into <c>webhook_events</c>.</summary>
/// <param name="State">
/// <c>done</c> for a status report, whose effect is committed with it; <c>pending</c> for an event that is processed later; <c>ignored</c>
/// for other kinds.
/// </param>
/// <param name="Message">The parsed inbound message; null for other kinds, and when the event is stored without its effect.</param>
/// <param name="ContactAddress">
/// The person's address, by which an erasure finds the event; null when the event is found through its message.
/// </param>
internal sealed record EventRow(WebhookEvent Event, string State, InboundMessage? Message, string? ContactAddress)
{
    private const int MaxAddressLength = 100;

    /// <summary>The message is a STOP or START, which takes effect in the transaction that stores the event.</summary>
    public bool RecordsConsent => Message is { ChangesConsent: true };

    /// <summary>The row of an event that is stored together with its effect.</summary>
    public static EventRow New(WebhookEvent received, IWebhookProvider provider) => received.Kind switch
    {
        WebhookEvent.StatusKind => new(received, WebhookEventState.Done, null, null),
        WebhookEvent.InboundKind => Inbound(received, provider.ReadInboundMessage(Fields(received))),
        _ => new(received, WebhookEventState.Ignored, null, Bounded(Fields(received).GetValueOrDefault("From"))),
    };

    /// <summary>The row of an event that is stored without its effect. Does not throw if the payload is not valid JSON.</summary>
    public static EventRow Unprocessed(WebhookEvent received, IWebhookProvider provider) => new(
        received,
        received.Kind == WebhookEvent.OtherKind ? WebhookEventState.Ignored : WebhookEventState.Pending,
        null,
        Bounded(TryReadContactAddress(received, provider)));

    private static EventRow Inbound(WebhookEvent received, InboundMessage message) =>
        new(received, WebhookEventState.Pending, message, Bounded(message.ContactAddress));

    private static string? TryReadContactAddress(WebhookEvent received, IWebhookProvider provider)
    {
        try
        {
            return received.Kind == WebhookEvent.StatusKind
                ? Fields(received).GetValueOrDefault("To")
                : provider.ReadInboundMessage(Fields(received)).ContactAddress;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Fields(WebhookEvent received) => Json.Read<Dictionary<string, string>>(received.Payload);

    private static string? Bounded(string? address) => address is { Length: > MaxAddressLength } ? address[..MaxAddressLength] : address;
}
