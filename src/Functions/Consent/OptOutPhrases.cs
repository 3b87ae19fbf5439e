using System.Text.RegularExpressions;

namespace Relais.Consent;

/// <summary>
/// Recognises short sentences that can only mean an opt-out. A verb such as "stop" needs an object such as "messages", so that
/// "arrêtez devant la poste" stays an ordinary message.
/// </summary>
internal static partial class OptOutPhrases
{
    private const string Noun =
        "(?:pub|pubs|publicites?|sms|mms|spams?|messages?|msgs?|textos?|texts?|whatsapp|marketing|newsletters?|notifs?|notifications?" +
        "|envois?|alertes?|abonnement)";

    private const string FillerWords =
        "(?:a|au|aux|de|des|du|d|l|le|la|les|vos|votre|ces|ce|cette|tes|the|your|these|this|any|from|to" +
        "|publicitaires?|commerciaux|commercial)";

    private const string Objects = $"(?: {FillerWords})*(?: {Noun})(?: {FillerWords}| {Noun})*";

    private const string Wish = "(?:je )?(?:ne )?(?:veux|souhaite|voudrais|desire|aimerais)";

    /// <param name="words">The message in lower case, without accents, punctuation and polite phrases.</param>
    public static bool Match(string words) =>
        Stopping().IsMatch(words) || NoMore().IsMatch(words) || Leaving().IsMatch(words) || English().IsMatch(words);

    // Examples: STOP PUB, stop aux sms, STOP 36111, stop au 36 180, stop tout, stop now, arrêt des messages
    [GeneratedRegex(
        $"^(?:sto+p+|arret|arrets|arrete|arretez|arreter|annuler|cancel|end|quitter|quit){Objects}$"
        + "|^sto+p+(?:(?: au| to)? [0-9]{2,3} ?[0-9]{2,3}|(?: a)? tout| tous| all| now| maintenant| immediatement| definitivement| it)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Stopping();

    // Examples: ne plus recevoir, je ne veux plus recevoir de sms, ne m'écrivez plus, plus de pub
    [GeneratedRegex(
        $"^(?:{Wish} )?(?:ne )?plus (?:rien )?"
        + "(?:recevoir|avoir|(?:me |m )?(?:contacter|ecrire|envoyer)|etre (?:contactee?|derangee?))"
        + $"(?:{Objects}| de votre part)?$"
        + $"|^ne (?:me |m )(?:contacte[zr]?|ecri(?:vez|s|re)|envoye[zr]|envoie|derange[zr]?) plus(?: rien|{Objects})?$"
        + "|^plus (?:de |d |aucune? )(?:pub|pubs|publicites?|sms|spams?|messages?|msgs?|textos?)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex NoMore();

    // Examples: me désabonner, désabonnez-moi, je veux me désinscrire, désinscription sms, retirez-moi de votre liste
    [GeneratedRegex(
        $"^(?:{Wish} )?(?:de )?(?:me |m |se |nous |a )?"
        + "(?:desabonner|desabonne[zs]?|desabonnement|desinscri(?:re|vez|s|t|ption))(?: moi| nous)?"
        + $"(?:{Objects}| de (?:votre|la|cette) liste)?$"
        + "|^(?:je )?me (?:desabonne|desinscris)$"
        + "|^(?:retire[zr]?|enleve[zr]?|supprime[zr]?|efface[zr]?)(?: moi| mon (?:numero|contact))"
        + "(?: de (?:votre|vos|la|cette) (?:listes?|base|fichiers?|contacts))?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Leaving();

    // Examples: unsubscribe me, no more texts, do not contact me, remove me from your list
    [GeneratedRegex(
        $"^(?:i (?:want|wish|d like|would like) to )?(?:unsubscribe|unsub|opt out|optout)(?: me)?(?:{Objects})?$"
        + $"|^no more(?:{Objects})$"
        + "|^(?:do not|don t|dont|never) (?:text|contact|message|sms|write|call|spam) me(?: again| anymore| any more)?$"
        + "|^(?:remove|delete|take) (?:me|my number)(?: off| from)?(?: (?:your|the|this|my) (?:list|lists|contacts))?$"
        + "|^leave me alone$",
        RegexOptions.CultureInvariant)]
    private static partial Regex English();
}
