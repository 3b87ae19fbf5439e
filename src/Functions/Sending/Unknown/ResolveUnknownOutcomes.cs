using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Sending.Pump;

namespace Relais.Sending.Unknown;

/// <summary>
/// Resolves the unknown outcomes of one sender, once none of its requests can still be on its way. If the provider has the message, its SID
/// and status are taken over; if not, the message is sent again. A callback that names the message may resolve it earlier.
/// </summary>
internal sealed partial class ResolveUnknownOutcomes(
    SystemDb db, SenderConnections senders, IMessageLookup provider, SendingMetrics metrics, TimeProvider time, Random random,
    ILogger<ResolveUnknownOutcomes> log)
{
    private const int Page = 50;

    private const string SelectSidsOfOtherMessages = """
        select provider_sid from messages where provider_sid = any(@Sids) and id <> @Id
        """;

    /// <returns>The transitions that changed their message, and whether there may be more messages to resolve now.</returns>
    public async Task<(IReadOnlyList<AppliedTransition> Moved, bool More)> RunAsync(Guid senderId, CancellationToken ct)
    {
        var sender = await senders.FindAsync(senderId, ct);
        if (sender is null)
        {
            return ([], false);
        }

        var parameters = new { SenderId = senderId, ResolutionDelay = SenderPump.UnknownResolutionDelay, Page };
        var unknown = await db.RunAsync(tx => tx.QueryAsync<UnknownMessage>(UnknownMessage.MarkPolled, parameters, ct), ct);
        var transitions = new List<AppliedTransition>();
        var isProviderAnswering = true;
        await ForEachIsolated.ForEachAsync(
            unknown.OrderBy(message => message.ClaimedAt),
            maxParallel: 1,
            async (message, token) =>
            {
                // After one call without an answer the other messages wait for the next run. The provider cannot be asked about an erased
                // recipient, because the address is not stored any more; only a callback can resolve that outcome.
                var canAsk = isProviderAnswering && !AddressHash.IsErased(message.ContactAddress);
                var listed = canAsk
                    ? await provider.ListAsync(sender, message.ContactAddress, UnknownOutcomeDecision.EarliestCreation(message), token)
                    : null;
                if (listed is null && canAsk)
                {
                    Log.NoAnswer(log, message.Id);
                    isProviderAnswering = false;
                }

                transitions.AddRange(await ApplyAsync(message, listed, token));
            },
            (message, failure) =>
            {
                Log.ResolveFailed(log, failure, message.Id);
                metrics.StatusChangeFailed();
            },
            ct);
        return (transitions, isProviderAnswering && unknown.Count == Page);
    }

    private Task<List<AppliedTransition>> ApplyAsync(UnknownMessage message, IReadOnlyList<ListedMessage>? listed, CancellationToken ct) =>
        db.RunAsync(async tx =>
        {
            var now = time.GetUtcNow();
            var decision = listed is null
                ? UnknownOutcomeDecision.DecideByAge(message, now)
                : UnknownOutcomeDecision.Decide(
                    message, listed, await SidsOfOtherMessagesAsync(tx, message, listed, ct), now, random.NextDouble());
            if (decision is null)
            {
                return [];
            }

            var applied = await ApplySendDecisions.RunAsync(tx, [decision], now, ct);
            if (decision.Transition.ProviderSid is { } sid)
            {
                applied.AddRange(await UnmatchedStatusReports.ApplyAsync(tx, [sid], now, random, ct));
            }

            return applied;
        }, ct);

    private static async Task<HashSet<string>> SidsOfOtherMessagesAsync(
        NpgsqlTransaction tx, UnknownMessage message, IReadOnlyList<ListedMessage> listed, CancellationToken ct) =>
        [.. await tx.QueryAsync<string>(
            SelectSidsOfOtherMessages, new { message.Id, Sids = listed.Select(item => item.Sid).ToArray() }, ct)];

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The provider did not answer about message {MessageId}: it is asked again later")]
        public static partial void NoAnswer(ILogger log, Guid messageId);

        [LoggerMessage(2, LogLevel.Error, "The outcome of message {MessageId} could not be resolved: it is tried again later")]
        public static partial void ResolveFailed(ILogger log, Exception failure, Guid messageId);
    }
}
