using Relais.Channels;
using Relais.Platform.Database;
using Relais.Sending.Pump;

namespace Relais.Sending.Unknown;

/// <summary>
/// Asks the provider about one sender's attempts of unknown outcome, once nothing of them can still be on its way. A callback that
/// carries our id may settle them before. What the provider has is adopted, what it lacks goes again.
/// </summary>
internal sealed partial class SettleUnknown(
    SystemDb db, SenderDirectory senders, IMessageLookup provider, TimeProvider time, Random random, ILogger<SettleUnknown> log)
{
    private const int Page = 50;

    private const string Find = """
        select id, attempt, failures, contact_address, campaign_id, body, coalesce(error_code, 'no_answer') as error_code, claimed_at
        from messages
        where sender_id = @SenderId and status = 'unknown' and claimed_at < now() - @SettleAfter
        order by claimed_at, id
        limit @Page
        """;

    private const string Attributed = """
        select provider_sid from messages where provider_sid = any(@Sids)
        """;

    /// <returns>Messages put back, and whether some still are unknown.</returns>
    public async Task<(IReadOnlyList<Moved> Moved, bool Unsettled)> RunAsync(Guid senderId, CancellationToken ct)
    {
        var sender = await senders.FindAsync(senderId, ct);
        if (sender is null)
        {
            return ([], false);
        }

        var unknown = await db.RunAsync(
            tx => tx.QueryAsync<UnknownMessage>(Find, new { SenderId = senderId, SenderPump.SettleAfter, Page }, ct), ct);
        var moved = new List<Moved>();
        var unsettled = unknown.Count == Page;
        foreach (var message in unknown)
        {
            var listed = await provider.ListAsync(sender, message.ContactAddress, ct);
            if (listed is null)
            {
                Log.NoAnswer(log, message.Id);
                unsettled = true;
                continue;
            }

            moved.AddRange(await ApplyAsync(message, listed, ct));
        }

        return (moved, unsettled);
    }

    private Task<List<Moved>> ApplyAsync(UnknownMessage message, IReadOnlyList<ListedMessage> listed, CancellationToken ct) =>
        db.RunAsync(async tx =>
        {
            var attributed = await tx.QueryAsync<string>(Attributed, new { Sids = listed.Select(one => one.Sid).ToArray() }, ct);
            var now = time.GetUtcNow();
            var decision = Settlement.Decide(message, listed, attributed.ToHashSet(), now, random.NextDouble());
            var moved = await ApplyDecisions.RunAsync(tx, [decision], now, ct);
            if (decision.Move.ProviderSid is { } sid)
            {
                moved.AddRange(await EarlyStatuses.ApplyAsync(tx, [sid], now, random, ct));
            }

            return moved;
        }, ct);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The provider gave no answer about message {MessageId}: asked again later")]
        public static partial void NoAnswer(ILogger log, Guid messageId);
    }
}
