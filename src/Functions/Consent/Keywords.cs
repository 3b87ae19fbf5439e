using System.Text;
using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Consent;

/// <summary>
/// Recognises opt-out, opt-in, confirmation and help keywords in inbound messages. The whole message must be a keyword; case, accents,
/// punctuation, emoji and repeated letters are ignored.
/// </summary>
internal static partial class Keywords
{
    private const int MaxMessageLength = 100;
    private static readonly string[] YesWords = ["oui", "yes"];

    /// <summary>
    /// Keywords that are also ordinary words, so no other word may stand beside them: "annuler svp" may be about an appointment.
    /// </summary>
    private static readonly Dictionary<string, Keyword> ExactKeywords = BuildTable(
        (Keyword.Stop, ["annuler", "cancel", "fin", "end", "quit", "quitter", "exit", "revoke", "remove", "resilier", "resiliation"]),
        (Keyword.Start, ["debut", "debuter", "demarrer"]),
        (Keyword.Confirm, ["confirmer", "confirme", "je confirme", "confirm"]),
        (Keyword.Help, ["aide", "help", "info"]));

    /// <summary>Keywords that can only be about consent. Polite words may stand before and after them.</summary>
    private static readonly Dictionary<string, Keyword> KeywordsWithCourtesy = BuildTable(
        (Keyword.Stop,
        [
            "stop", "stopall", "stop all", "arret", "arrets", "arrete", "arretez", "arreter", "tout arreter",
            "unsubscribe", "unsub", "optout", "opt out",
            "desabonner", "desabonne", "desabonnee", "desabonnez", "desabonnement", "desabo",
            "desinscrire", "desinscrit", "desinscrite", "desinscris", "desinscrivez", "desinscription",
        ]),
        (Keyword.Start,
        [
            "start", "unstop", "restart", "subscribe", "resubscribe", "optin", "opt in",
            "reabonner", "reabonne", "reabonnez", "reabonnez moi", "reabonne moi", "reabonnement",
            "se reabonner", "me reabonner", "je me reabonne",
        ]));

    /// <param name="text">The text of the message as it was received.</param>
    /// <param name="optOutType">The keyword that the provider recognised: STOP, START or HELP. Any other value is ignored.</param>
    public static ConsentIntent Classify(string? text, string? optOutType) => optOutType?.Trim().ToUpperInvariant() switch
    {
        "STOP" => new(Keyword.Stop, "provider"),
        "START" => new(Keyword.Start, "provider"),
        "HELP" => new(Keyword.Help, "provider"),
        _ => new(Parse(text), "keyword"),
    };

    /// <param name="text">The text of the message as it was received.</param>
    /// <param name="confirmationRequested">Whether the recipient was asked to confirm; then OUI and YES are confirmations.</param>
    public static Keyword Parse(string? text, bool confirmationRequested = false)
    {
        var words = Words(text ?? "");
        var message = string.Join(' ', words);
        if (confirmationRequested && YesWords.Contains(message))
        {
            return Keyword.Confirm;
        }

        if (ExactKeywords.TryGetValue(WithoutRepeats(message), out var keyword))
        {
            return keyword;
        }

        var core = string.Join(' ', PolitePhrases.Remove(words));
        return KeywordsWithCourtesy.TryGetValue(WithoutRepeats(core), out keyword) ? keyword
            : OptOutPhrases.Match(core) ? Keyword.Stop
            : Keyword.None;
    }

    private static Dictionary<string, Keyword> BuildTable(params (Keyword Keyword, string[] Words)[] lists) =>
        lists.SelectMany(list => list.Words.Select(word => (Word: WithoutRepeats(word), list.Keyword)))
            .DistinctBy(entry => entry.Word)
            .ToDictionary(entry => entry.Word, entry => entry.Keyword, StringComparer.Ordinal);

    /// <summary>
    /// The words of a text, without punctuation and immediate repetitions; none when the text is too long to be a keyword.
    /// </summary>
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

    /// <summary>Collapses repeated letters, so that STOOOP is STOP. The tables have the same form: ARET for ARRET.</summary>
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

    // Matches the separators in S.T.O.P.
    [GeneratedRegex(@"(?<=(?:^|[\W_])\p{L})[.*_·-](?=\p{L}(?:[\W_]|$))", RegexOptions.CultureInvariant)]
    private static partial Regex SpelledOutLetters();
}
