using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Sending.Pump;

namespace Relais.Sending.Unknown;

/// <summary>
/// Asks the provider about one sender's attempts of unknown outcome, once nothing of them can still be on its way. A callback that
/// carries our id may settle them before. What the provider has is adopted, what it lacks goes again.
/// </summary>
internal sealed partial class ResolveUnknownOutcomes(
    SystemDb db, SenderConnections senders, IMessageLookup provider, SendingMetrics measures, TimeProvider time, Random random, ILogger<ResolveUnknownOutcomes> log)
{
    private const int Page = 50;

    // marking a page asked is part of taking it: several at once do not ask twice
    private const string MarkPolled = """
        with page as (
          select id from messages
          where sender_id = @SenderId and status = 'unknown' and claimed_at < now() - @ResolutionDelay
            and (polled_at is null or polled_at < now() - interval '45 seconds')
          order by claimed_at, id
          limit @Page
          for update skip locked
        )
        update messages m set polled_at = now()
        from page p
        where m.id = p.id
        returning m.id, m.attempt, m.failures, m.contact_address, m.body, coalesce(m.error_code, 'no_answer') as error_code, m.claimed_at,
          exists (select from campaigns c where c.id = m.campaign_id and c.status in ('running', 'paused')) as in_campaign
        """;

    private const string SelectSidsOfOtherMessages = """
        select provider_sid from messages where provider_sid = any(@Sids) and id <> @Id
        """;

    /// <returns>Messages put back, and whether there was more than one page.</returns>
    public async Task<(IReadOnlyList<AppliedTransition> Moved, bool More)> RunAsync(Guid senderId, CancellationToken ct)
    {
        var sender = await senders.FindAsync(senderId, ct);
        if (sender is null)
        {
            return ([], false);
        }

        var unknown = await db.RunAsync(
            tx => tx.QueryAsync<UnknownMessage>(MarkPolled, new { SenderId = senderId, ResolutionDelay = SenderPump.UnknownResolutionDelay, Page }, ct), ct);
        var moved = new List<AppliedTransition>();
        var isProviderAnswering = true;
        await ForEachIsolated.ForEachAsync(
            unknown.OrderBy(message => message.ClaimedAt),
            maxParallel: 1,
            async (message, token) =>
            {
                // one refusal is enough: the others wait for their next turn; about an erased recipient only a callback can tell
                var ask = isProviderAnswering && !AddressHash.IsErased(message.ContactAddress);
                var listed = ask ? await provider.ListAsync(sender, message.ContactAddress, UnknownOutcomeDecision.EarliestCreation(message), token) : null;
                if (listed is null && ask)
                {
                    Log.NoAnswer(log, message.Id);
                    isProviderAnswering = false;
                }

                moved.AddRange(await ApplyAsync(message, listed, token));
            },
            (message, failure) =>
            {
                Log.NotSettled(log, failure, message.Id);
                measures.MessageNotSettled();
            },
            ct);
        return (moved, isProviderAnswering && unknown.Count == Page);
    }

    private Task<List<AppliedTransition>> ApplyAsync(UnknownMessage message, IReadOnlyList<ListedMessage>? listed, CancellationToken ct) =>
        db.RunAsync(async tx =>
        {
            var now = time.GetUtcNow();
            var decision = listed is null
                ? UnknownOutcomeDecision.DecideByAge(message, now)
                : UnknownOutcomeDecision.Decide(message, listed, await SidsOfOtherMessagesAsync(tx, message, listed, ct), now, random.NextDouble());
            if (decision is null)
            {
                return [];
            }

            var moved = await ApplySendDecisions.RunAsync(tx, [decision], now, ct);
            if (decision.Move.ProviderSid is { } sid)
            {
                moved.AddRange(await UnmatchedStatusReports.ApplyAsync(tx, [sid], now, random, ct));
            }

            return moved;
        }, ct);

    private static async Task<HashSet<string>> SidsOfOtherMessagesAsync(
        NpgsqlTransaction tx, UnknownMessage message, IReadOnlyList<ListedMessage> listed, CancellationToken ct) =>
        [.. await tx.QueryAsync<string>(SelectSidsOfOtherMessages, new { message.Id, Sids = listed.Select(one => one.Sid).ToArray() }, ct)];

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The provider gave no answer about message {MessageId}: asked again later")]
        public static partial void NoAnswer(ILogger log, Guid messageId);

        [LoggerMessage(2, LogLevel.Error, "Message {MessageId} could not be settled: it is tried again later")]
        public static partial void NotSettled(ILogger log, Exception failure, Guid messageId);
    }
}
