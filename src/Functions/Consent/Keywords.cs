using System.Text;
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

/// <summary>What a message says about consent: the whole message is one of the words; case, accents and punctuation do not matter.</summary>
internal static class Keywords
{
    private const int LongestMessage = 100;

    private static readonly Dictionary<string, Keyword> Known = new(StringComparer.Ordinal)
    {
        ["stop"] = Keyword.Stop,
        ["stopall"] = Keyword.Stop,
        ["stop all"] = Keyword.Stop,
        ["arret"] = Keyword.Stop,
        ["arrets"] = Keyword.Stop,
        ["arrett"] = Keyword.Stop,
        ["arrete"] = Keyword.Stop,
        ["arretez"] = Keyword.Stop,
        ["arreter"] = Keyword.Stop,
        ["desabonner"] = Keyword.Stop,
        ["desabonne"] = Keyword.Stop,
        ["desabonnez"] = Keyword.Stop,
        ["desabonnement"] = Keyword.Stop,
        ["se desabonner"] = Keyword.Stop,
        ["me desabonner"] = Keyword.Stop,
        ["desinscrire"] = Keyword.Stop,
        ["desinscription"] = Keyword.Stop,
        ["unsubscribe"] = Keyword.Stop,
        ["cancel"] = Keyword.Stop,
        ["end"] = Keyword.Stop,
        ["quit"] = Keyword.Stop,
        ["revoke"] = Keyword.Stop,
        ["optout"] = Keyword.Stop,
        ["opt out"] = Keyword.Stop,
        ["start"] = Keyword.Start,
        ["unstop"] = Keyword.Start,
        ["debut"] = Keyword.Start,
        ["demarrer"] = Keyword.Start,
        ["reabonner"] = Keyword.Start,
        ["se reabonner"] = Keyword.Start,
        ["me reabonner"] = Keyword.Start,
        ["subscribe"] = Keyword.Start,
        ["optin"] = Keyword.Start,
        ["opt in"] = Keyword.Start,
        ["confirmer"] = Keyword.Confirm,
        ["confirme"] = Keyword.Confirm,
        ["je confirme"] = Keyword.Confirm,
        ["confirm"] = Keyword.Confirm,
        ["aide"] = Keyword.Help,
        ["help"] = Keyword.Help,
        ["info"] = Keyword.Help,
    };

    private static readonly string[] Yes = ["oui", "yes"];

    /// <param name="text">The message as it came.</param>
    /// <param name="confirmationAsked">A confirmation was asked for: then OUI and YES give it.</param>
    public static Keyword Parse(string? text, bool confirmationAsked = false)
    {
        var words = Words(text ?? "");
        return confirmationAsked && Yes.Contains(words) ? Keyword.Confirm : Known.GetValueOrDefault(words);
    }

    /// <summary>Letters and digits, words one blank apart; empty for what is too long to be a keyword.</summary>
    private static string Words(string text)
    {
        if (text.Length > LongestMessage)
        {
            return "";
        }

        var words = new StringBuilder();
        foreach (var character in PlainText.Of(text))
        {
            if (char.IsLetterOrDigit(character))
            {
                words.Append(character);
            }
            else if (words.Length > 0 && words[^1] != ' ')
            {
                words.Append(' ');
            }
        }

        return words.ToString().TrimEnd();
    }
}
