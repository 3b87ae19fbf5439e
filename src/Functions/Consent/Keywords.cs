using System.Text;
using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Consent;

internal enum Keyword
{
    None,
    Stop,
    Start,
    Confirm,
    Help,
}

/// <summary>What a message says about consent, and on whose authority: <c>provider</c> or <c>keyword</c>.</summary>
internal readonly record struct ConsentIntent(Keyword Keyword, string Source);

/// <summary>
/// What a message says about consent. The whole message has to be a keyword; case, accents, punctuation, emoji and repeated letters do not matter.
/// </summary>
internal static partial class Keywords
{
    private const int MaxMessageLength = 100;
    private static readonly string[] YesWords = ["oui", "yes"];

    /// <summary>Also ordinary answers, so that nothing may stand beside them: "annuler svp" may be about an appointment.</summary>
    private static readonly Dictionary<string, Keyword> ExactKeywords = Table(
        (Keyword.Stop, ["annuler", "cancel", "fin", "end", "quit", "quitter", "exit", "revoke", "remove", "resilier", "resiliation"]),
        (Keyword.Start, ["debut", "debuter", "demarrer"]),
        (Keyword.Confirm, ["confirmer", "confirme", "je confirme", "confirm"]),
        (Keyword.Help, ["aide", "help", "info"]));

    /// <summary>Nothing but consent can be meant. Words of politeness may stand before and after.</summary>
    private static readonly Dictionary<string, Keyword> WithCourtesy = Table(
        (Keyword.Stop,
        [
            "stop", "stopall", "stop all", "arret", "arrets", "arrete", "arretez", "arreter", "tout arreter", "unsubscribe", "unsub", "optout", "opt out",
            "desabonner", "desabonne", "desabonnee", "desabonnez", "desabonnement", "desabo", "desinscrire", "desinscrit", "desinscrite", "desinscris", "desinscrivez", "desinscription",
        ]),
        (Keyword.Start,
        [
            "start", "unstop", "restart", "subscribe", "resubscribe", "optin", "opt in", "reabonner", "reabonne", "reabonnez", "reabonnez moi", "reabonne moi", "reabonnement",
            "se reabonner", "me reabonner", "je me reabonne",
        ]));

    /// <param name="text">The message as it came.</param>
    /// <param name="optOutType">The provider's verdict on the same message: STOP, START or HELP; anything else is none.</param>
    public static ConsentIntent Classify(string? text, string? optOutType) => optOutType?.Trim().ToUpperInvariant() switch
    {
        "STOP" => new(Keyword.Stop, "provider"),
        "START" => new(Keyword.Start, "provider"),
        "HELP" => new(Keyword.Help, "provider"),
        _ => new(Parse(text), "keyword"),
    };

    /// <param name="text">The message as it came.</param>
    /// <param name="confirmationAsked">A confirmation was asked for: then OUI and YES give it.</param>
    public static Keyword Parse(string? text, bool confirmationAsked = false)
    {
        var words = Words(text ?? "");
        var message = string.Join(' ', words);
        if (confirmationAsked && YesWords.Contains(message))
        {
            return Keyword.Confirm;
        }

        if (ExactKeywords.TryGetValue(WithoutRepeats(message), out var keyword))
        {
            return keyword;
        }

        var core = string.Join(' ', PolitePhrases.Remove(words));
        return WithCourtesy.TryGetValue(WithoutRepeats(core), out keyword) ? keyword
            : OptOutPhrases.Match(core) ? Keyword.Stop
            : Keyword.None;
    }

    private static Dictionary<string, Keyword> Table(params (Keyword Keyword, string[] Words)[] lists) =>
        lists.SelectMany(list => list.Words.Select(word => (Word: WithoutRepeats(word), list.Keyword)))
            .DistinctBy(entry => entry.Word)
            .ToDictionary(entry => entry.Word, entry => entry.Keyword, StringComparer.Ordinal);

    /// <summary>Letters and digits only, without the repetition of a word; none for what is too long to be a keyword.</summary>
    private static List<string> Words(string text)
    {
        if (text.Length > MaxMessageLength)
        {
            return [];
        }

        var plain = new StringBuilder();
        foreach (var character in UnaccentedText.RemoveAccents(SpelledOutLetters().Replace(text, "")))
        {
            plain.Append(char.IsLetterOrDigit(character) ? character : ' ');
        }

        var words = new List<string>();
        foreach (var word in plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (words.Count == 0 || words[^1] != word)
            {
                words.Add(word);
            }
        }

        return words;
    }

    /// <summary>STOOOP is STOP. The tables are compared in the same form, in which ARRET has one R.</summary>
    private static string WithoutRepeats(string text)
    {
        var single = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (single.Length == 0 || single[^1] != character)
            {
                single.Append(character);
            }
        }

        return single.ToString();
    }

    // S.T.O.P
    [GeneratedRegex(@"(?<=(?:^|[\W_])\p{L})[.*_·-](?=\p{L}(?:[\W_]|$))", RegexOptions.CultureInvariant)]
    private static partial Regex SpelledOutLetters();
}
