using Relais.Channels;
using Relais.Platform.Database;
using Relais.Sending.Pump;

namespace Relais.Sending.Overdue;

/// <summary>
/// Callbacks get lost: while the app is down nobody repeats them for long. Messages that the provider took and never closed are
/// asked for, oldest first, in bounded pages, until they are too old to matter.
/// </summary>
internal sealed partial class AskOverdue(
    SystemDb db, SenderDirectory senders, IMessageLookup provider, SendingOptions options, TimeProvider time, Random random, ILogger<AskOverdue> log)
{
    private const int Page = 100;
    private const int MostPages = 10;

    // taking the page and marking it asked is one step: two instances do not ask for the same messages
    private const string Take = """
        with overdue as (
          select id from messages
          where direction = 'out' and status in ('accepted', 'scheduled', 'queued', 'sending', 'sent')
            and claimed_at < now() - @After and claimed_at > now() - interval '48 hours'
            and (asked_at is null or asked_at < now() - @After)
          order by claimed_at
          limit @Page
          for update skip locked
        )
        update messages m set asked_at = now()
        from overdue o
        where m.id = o.id and m.provider_sid is not null
        returning m.id, m.tenant_id, m.sender_id, m.attempt, m.provider_sid
        """;

    /// <returns>Messages that now wait for a retry.</returns>
    public async Task<IReadOnlyList<Moved>> RunAsync(CancellationToken ct)
    {
        var retries = new List<Moved>();
        for (var page = 0; page < MostPages && !ct.IsCancellationRequested; page++)
        {
            var overdue = await db.RunAsync(tx => tx.QueryAsync<OverdueRow>(Take, new { After = options.AskAfter, Page }, ct), ct);
            foreach (var ofSender in overdue.GroupBy(row => row.SenderId))
            {
                retries.AddRange(await AskAsync(ofSender.Key, [.. ofSender], ct));
            }

            if (overdue.Count < Page)
            {
                break;
            }
        }

        return retries;
    }

    private async Task<IReadOnlyList<Moved>> AskAsync(Guid senderId, List<OverdueRow> overdue, CancellationToken ct)
    {
        var sender = await senders.FindAsync(senderId, ct);
        var reports = new List<StatusReport>();
        foreach (var message in sender is null ? [] : overdue)
        {
            var found = await provider.FetchAsync(sender!, message.ProviderSid, ct);
            if (found is { Status: ListedMessage.Gone })
            {
                continue;
            }

            if (found is null)
            {
                // the provider is busy or away: the rest of this sender waits for its next turn
                Log.NoAnswer(log, senderId);
                break;
            }

            reports.Add(new StatusReport(message.TenantId, Guid.Empty, message.Id, message.Attempt, message.ProviderSid, found.Status, found.ErrorCode, time.GetUtcNow()));
        }

        if (reports.Count == 0)
        {
            return [];
        }

        var applied = await db.RunAsync(tx => ApplyStatuses.RunAsync(tx, reports, time.GetUtcNow(), random, ct), ct);
        return [.. applied.Moved.Where(move => move.Status == "retry")];
    }

    private sealed record OverdueRow
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required Guid SenderId { get; init; }
        public required int Attempt { get; init; }
        public required string ProviderSid { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The provider gave no answer about the messages of sender {SenderId}: asked again later")]
        public static partial void NoAnswer(ILogger log, Guid senderId);
    }
}
