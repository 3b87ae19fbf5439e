using System.Collections.Frozen;

namespace Relais.Channels.Twilio;

/// <summary>Maps the error codes of Twilio and Meta for messages to the action that follows.</summary>
internal static class TwilioSendErrors
{
    public static readonly FrozenDictionary<string, SendErrorAction> Actions = Table().ToFrozenDictionary();

    private static IEnumerable<KeyValuePair<string, SendErrorAction>> Table()
    {
        static IEnumerable<KeyValuePair<string, SendErrorAction>> Each(SendErrorAction action, params string[] codes) =>
            codes.Select(code => KeyValuePair.Create(code, action));

        return
        [
            .. Each(SendErrorAction.Retry, "20429", "20500", "20503", "14107", "30003", "30008", "30017", "30022", "30410",
                "63009", "63010", "63012", "63017", "63018", "63029"),
            .. Each(SendErrorAction.ParkSender, "21611", "30001", "30023", "30027", "30035", "30454", "63038"),
            .. Each(SendErrorAction.PauseCampaign, "63027", "63028", "63040", "63041", "63042", "21655"),
            .. Each(SendErrorAction.FinalOptOut, "21610", "131050"),
            .. Each(
                SendErrorAction.PauseCampaignOrFail,
                "20003", "20005", "10001", "20404", "21212", "21606", "21609", "21657", "21701", "21703",
                "21704", "30002", "30010", "63001", "63002", "63007", "63008", "63020", "63022", "63051"),
            .. Each(
                SendErrorAction.Final,
                "21211", "21408", "21608", "21612", "21614", "21617", "21619", "21620", "21623", "21654", "21656",
                "30004", "30005", "30006", "30007", "30011", "30019", "30032", "30034", "30036", "30450", "63003", "63005", "63006",
                "63013", "63014", "63015", "63016", "63019", "63021", "63024", "63026", "63030", "63031", "63032", "63033", "63034",
                "63049"),
        ];
    }
}
