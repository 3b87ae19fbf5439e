using Microsoft.AspNetCore.WebUtilities;

namespace Relais.Simulators;

/// <summary>Creates the report of a simulation.</summary>
internal static class ReportWriter
{
    public static SimulatorReport Write(Simulation simulation, IReadOnlyList<PaceLimit> limits)
    {
        var all = simulation.Messages.All();
        var accepted = all.Where(message => message.Direction == Direction.OutboundApi).ToList();
        var byId = accepted.Select(message => (Id: IdOf(message, simulation.Options.MessageKeys), Message: message))
            .Where(pair => pair.Id is not null).GroupBy(pair => pair.Id!, pair => pair.Message, StringComparer.Ordinal).ToList();
        return new SimulatorReport
        {
            Requests = simulation.Requests.Total,
            Unanswered = simulation.Requests.Unanswered,
            RefusedByCode = simulation.Requests.Refused,
            Accepted = accepted.Count,
            ByStatus = CountBy(accepted, message => message.Status.Wire()),
            ByErrorCode = CountBy(accepted.Where(message => message.ErrorCode != 0), message => message.ErrorCode),
            Segments = accepted.Where(message => !message.Sender.IsWhatsApp).Sum(message => message.Segments),
            Recipients = accepted.Select(message => message.Contact).Distinct(StringComparer.Ordinal).Count(),
            Messages = byId.Count,
            AcceptedAgain = byId.Count(group => group.Count() > 1),
            SentTwice = [.. byId.Select(FindSentTwice).OfType<SentTwice>()],
            Inbound = all.Count(message => message.Direction == Direction.Inbound),
            Replies = all.Count(message => message.Direction == Direction.OutboundReply),
            CallbackAnswers = simulation.Callbacks.Answers,
            CallbacksDropped = simulation.Callbacks.Dropped,
            CallbacksPending = simulation.Callbacks.Pending,
            Pace = [.. limits.Select(limit => Pace.Find(accepted, limit))],
            IsIdle = simulation.IsIdle,
        };
    }

    /// <summary>Finds the caller's ID of the message: a query parameter of the status callback URL, otherwise the whole URL.</summary>
    /// <returns>the ID, or null when the message has no status callback URL</returns>
    public static string? IdOf(Message message, IReadOnlyList<string> keys)
    {
        if (message.StatusCallback is not { } url)
        {
            return null;
        }

        var start = url.IndexOf('?', StringComparison.Ordinal);
        var end = url.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash ? hash : url.Length;
        if (start >= 0 && start < end)
        {
            foreach (var pair in new QueryStringEnumerable(url.AsMemory(start..end)))
            {
                if (keys.Contains(pair.DecodeName().ToString()))
                {
                    return pair.DecodeValue().ToString();
                }
            }
        }

        return url[..end];
    }

    private static SentTwice? FindSentTwice(IGrouping<string, Message> group)
    {
        var successful = group.Where(message => !message.Status.IsFailure() && message.Status != MessageStatus.Canceled).ToList();
        return successful.Count > 1 ? new(group.Key, successful.Count, successful[0].Contact) : null;
    }

    private static Dictionary<TKey, int> CountBy<TKey>(IEnumerable<Message> messages, Func<Message, TKey> key) where TKey : notnull =>
        messages.GroupBy(key).OrderBy(group => group.Key).ToDictionary(group => group.Key, group => group.Count());
}
