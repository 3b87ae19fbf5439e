using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>The kinds of opt-out keywords that Twilio recognises.</summary>
internal enum Keyword
{
    None,
    Stop,
    Start,
    Help,
}

/// <summary>Twilio's default opt-out handling: a STOP blocks messages from the sender to the recipient until a START.</summary>
internal sealed class OptOuts
{
    private static readonly HashSet<string> StopWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT",
    };

    private static readonly HashSet<string> StartWords = new(StringComparer.OrdinalIgnoreCase) { "START", "YES", "UNSTOP" };
    private static readonly HashSet<string> HelpWords = new(StringComparer.OrdinalIgnoreCase) { "HELP", "INFO" };

    private readonly ConcurrentDictionary<(string Sender, string Contact), bool> optedOut = new();

    public IEnumerable<(string Sender, string Contact)> All => optedOut.Keys;

    /// <summary>Recognises a message that consists of a keyword and nothing else.</summary>
    public static Keyword Read(string body)
    {
        var word = body.Trim();
        return StopWords.Contains(word) ? Keyword.Stop
            : StartWords.Contains(word) ? Keyword.Start
            : HelpWords.Contains(word) ? Keyword.Help
            : Keyword.None;
    }

    /// <summary>Whether the recipient has opted out of this sender, so that messages are refused with 21610.</summary>
    public bool Contains(Sender sender, string contact) => optedOut.ContainsKey((Scope(sender), contact));

    /// <summary>Records an opt-out (STOP) or removes it (START).</summary>
    /// <returns>Twilio's automatic reply to the keyword; null when it sends none</returns>
    public string? Apply(Sender sender, string contact, Keyword keyword)
    {
        if (sender.IsWhatsApp && !sender.Settings.AdvancedOptOut)
        {
            return null;
        }

        var pair = (Scope(sender), contact);
        switch (keyword)
        {
            case Keyword.Stop when optedOut.TryAdd(pair, true):
                return "You have successfully been unsubscribed. You will not receive any more messages from this number. " +
                    "Reply START to resubscribe.";
            case Keyword.Start when optedOut.TryRemove(pair, out _):
                return "You have successfully been re-subscribed to messages from this number. " +
                    "Reply HELP for help. Reply STOP to unsubscribe.";
            case Keyword.Help:
                return "Reply STOP to unsubscribe. Msg&Data Rates May Apply.";
            default:
                return null;
        }
    }

    public void Clear() => optedOut.Clear();

    // All senders of a Messaging Service share their opt-outs.
    private static string Scope(Sender sender) => sender.Settings.MessagingServiceSid ?? $"{sender.Account.Sid} {sender.Address}";
}
