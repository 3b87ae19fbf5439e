using System.Globalization;
using System.Text;

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
    private const int LongestKeyword = 24;

    private static readonly Dictionary<string, Keyword> Words = new(StringComparer.Ordinal)
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
        var words = text is null ? "" : Plain(text);
        return confirmationAsked && Yes.Contains(words) ? Keyword.Confirm : Words.GetValueOrDefault(words);
    }

    /// <summary>Lower-case letters and digits, words one blank apart; empty for what is too long to be a keyword.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(LongestKeyword);
        foreach (var rune in Decomposed(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                plain.Append(Rune.ToLowerInvariant(rune));
            }
            else if (plain.Length > 0 && plain[^1] != ' ' && !IsAccent(rune))
            {
                plain.Append(' ');
            }

            if (plain.Length > LongestKeyword)
            {
                return "";
            }
        }

        return plain.ToString().TrimEnd();
    }

    // full width letters and the like become the plain ones; a lone surrogate cannot be normalised
    private static string Decomposed(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormKD);
        }
        catch (ArgumentException)
        {
            return "";
        }
    }

    private static bool IsAccent(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format;
}
