using System.Text.RegularExpressions;

namespace Relais.Contacts.Import;

/// <summary>Recognises by their words the titles of columns that hold the contact's own phone number.</summary>
internal static partial class PhoneTitles
{
    /// <summary>The rank of a title with unknown words.</summary>
    public const int UnclearRank = 3;

    private static readonly char[] Digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

    private static readonly HashSet<string> PhoneWords = Words("""
        telephone telephones tel tels phone phones mobile mobiles portable portables cell cells cellphone cellulaire cellular gsm whatsapp
        msisdn smartphone iphone telephonique telefono telefone telefon celular movil
        """);

    private static readonly HashSet<string> NeutralWords = Words("""
        numero numeros num nums no n nr number numbers de du des d le la les l the of and et avec with your votre mon my value valeur
        principal principale primary perso personnel personnelle personal contact contacts client clients customer user e164 format
        international internationale complet full complete i
        """);

    /// <summary>Words for numbers of the contact that are used only if there is no other number.</summary>
    private static readonly HashSet<string> SecondaryWords = Words("""
        home work business domicile maison bureau pro professionnel professionnelle travail office other autre autres second secondary
        secondaire fixe landline main company societe entreprise billing shipping address default car voiture calculated sms
        """);

    /// <summary>A title with one of these words is not a phone column: it is about a phone, or about another person's number.</summary>
    private static readonly HashSet<string> ExcludingWords = Words("""
        fax telecopie telecopies telecopieur type types label labels libelle date dates heure time created updated modified ext extension
        poste country pays code codes indicatif prefix prefixe region area zone carrier operateur operator reseau network verified verifie
        verification valid valide validation status statut etat opt optin optout consent consentement subscribed count nombre id ids
        identifiant model modele marque brand os device appareil application applications app apps version plan forfait price prix cost
        cout facture montant amount money assistant assistante emergency urgence pager telex tty tdd yomi information informations info
        note notes comment commentaire commentaires remarque remarques last dernier derniere error erreur hash url link lien liens
        ordinateur oui non yes contacted call calls appel appels log history historique duration duree source campaign campagne score
        quality masked lookup timezone name nom prenom email mail
        """);

    private static readonly HashSet<string> ExactTitles = Words("""
        sms numero numeros numero_sms sms_number contact_number contact_no numero_contact numero_de_contact
        """);

    /// <returns>1 for the likeliest titles of a phone column, then 2 and <see cref="UnclearRank"/>; null for other titles.</returns>
    public static int? Rank(string title)
    {
        var plain = ToPlainWords(title);
        if (ExactTitles.Contains(plain))
        {
            return 2;
        }

        var words = plain.Split('_').Select(word => word.TrimEnd(Digits)).Where(word => word.Length > 0).SelectMany(SplitCompound).ToList();
        return !words.Exists(PhoneWords.Contains) || words.Exists(ExcludingWords.Contains) ? null
            : words.TrueForAll(word => PhoneWords.Contains(word) || NeutralWords.Contains(word)) ? 1
            : words.TrueForAll(word => PhoneWords.Contains(word) || NeutralWords.Contains(word) || SecondaryWords.Contains(word)) ? 2
            : UnclearRank;
    }

    private static string ToPlainWords(string title)
    {
        var plain = FieldName.ToSnakeCase(BetweenWords().Replace(OrdinalSign().Replace(title, "° "), "_"));
        return WithCode().Replace(plain.Replace("whats_app", "whatsapp", StringComparison.Ordinal), "");
    }

    /// <summary>Splits a word that is two known words, such as numtel.</summary>
    private static IEnumerable<string> SplitCompound(string word)
    {
        if (!IsKnown(word))
        {
            for (var i = 3; i <= word.Length - 3; i++)
            {
                if (IsKnown(word[..i]) && IsKnown(word[i..]))
                {
                    return [word[..i], word[i..]];
                }
            }
        }

        return [word];
    }

    private static bool IsKnown(string word) =>
        PhoneWords.Contains(word) || NeutralWords.Contains(word) || SecondaryWords.Contains(word) || ExcludingWords.Contains(word);

    private static HashSet<string> Words(string text) =>
        text.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"(?<=\p{Ll})(?=\p{Lu})", RegexOptions.CultureInvariant)]
    private static partial Regex BetweenWords();

    // Titles from forms may say how to write the number, as in "phone with country code".
    [GeneratedRegex(
        "_(?:avec|with|including|incl)(?:_(?:l|le|the|your|votre))?"
        + "_(?:indicatif|country_code|calling_code|code|prefixe?)(?:_(?:du|de))?(?:_(?:pays|country|international))?(?=_|$)",
        RegexOptions.CultureInvariant)]
    private static partial Regex WithCode();

    [GeneratedRegex("[º№]", RegexOptions.CultureInvariant)]
    private static partial Regex OrdinalSign();
}
