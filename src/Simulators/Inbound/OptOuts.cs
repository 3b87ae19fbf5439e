using System.Collections.Concurrent;

namespace Relais.Simulators;

internal enum Keyword
{
    None,
    Stop,
    Start,
    Help,
}

/// <summary>What Twilio does by itself on long codes: a STOP blocks the pair of numbers until a START.</summary>
internal sealed class OptOuts
{
    private static readonly HashSet<string> s_stop = new(StringComparer.OrdinalIgnoreCase) { "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT" };
    private static readonly HashSet<string> s_start = new(StringComparer.OrdinalIgnoreCase) { "START", "YES", "UNSTOP" };
    private static readonly HashSet<string> s_help = new(StringComparer.OrdinalIgnoreCase) { "HELP", "INFO" };

    private readonly ConcurrentDictionary<(string Sender, string Contact), bool> _out = new();

    public IEnumerable<(string Sender, string Contact)> All => _out.Keys;

    public static Keyword Read(string body)
    {
        var word = body.Trim();
        return s_stop.Contains(word) ? Keyword.Stop : s_start.Contains(word) ? Keyword.Start : s_help.Contains(word) ? Keyword.Help : Keyword.None;
    }

    /// <summary>Whether the sender's texts to this number are refused with 21610.</summary>
    public bool Contains(Sender sender, string contact) => _out.ContainsKey((Scope(sender), contact));

    /// <returns>Twilio's own answer to the keyword, null where it gives none</returns>
    public string? Apply(Sender sender, string contact, Keyword keyword)
    {
        if (sender.IsWhatsApp && !sender.Settings.AdvancedOptOut)
        {
            return null;
        }

        var pair = (Scope(sender), contact);
        switch (keyword)
        {
            case Keyword.Stop when _out.TryAdd(pair, true):
                return "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.";
            case Keyword.Start when _out.TryRemove(pair, out _):
                return "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe.";
            case Keyword.Help:
                return "Reply STOP to unsubscribe. Msg&Data Rates May Apply.";
            default:
                return null;
        }
    }

    public void Clear() => _out.Clear();

    private static string Scope(Sender sender) => sender.Settings.MessagingServiceSid ?? $"{sender.Account.Sid} {sender.Address}";
}
