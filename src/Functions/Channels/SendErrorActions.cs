using System.Collections.Frozen;

namespace Relais.Channels;

/// <summary>What to do after a failure.</summary>
internal enum SendAction
{
    /// <summary>Again after a growing delay, a bounded number of times.</summary>
    Retry,

    /// <summary>Nothing from this sender for a while; the message waits and loses no attempt.</summary>
    ParkSender,

    /// <summary>The campaign pauses itself and says why; the message waits.</summary>
    ParkCampaign,

    /// <summary>Failed for good.</summary>
    Final,

    /// <summary>Failed for good, and the recipient wants no more.</summary>
    FinalOptOut,

    /// <summary>Nothing can be sent until someone mends the set-up: campaigns pause, single messages fail.</summary>
    ConfigurationError,
}

/// <summary>The one table from provider codes to actions. Codes that are not a number name our own causes.</summary>
internal static class SendErrorActions
{
    /// <summary>Connection refused, name not found, TLS failed: nothing was sent.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>No answer in time, or it broke off.</summary>
    public const string NoAnswer = "no_answer";

    private static readonly FrozenDictionary<string, SendAction> Actions = Table().ToFrozenDictionary();

    /// <param name="httpStatus">0 when the failure came by callback.</param>
    public static SendAction GetAction(string code, int httpStatus = 0)
    {
        if (Actions.TryGetValue(code, out var action))
        {
            return action;
        }

        return httpStatus is 429 or >= 500 ? SendAction.Retry : SendAction.Final;
    }

    private static IEnumerable<KeyValuePair<string, SendAction>> Table()
    {
        static IEnumerable<KeyValuePair<string, SendAction>> Each(SendAction action, params string[] codes) =>
            codes.Select(code => KeyValuePair.Create(code, action));

        return
        [
            .. Each(SendAction.Retry, Unreachable, NoAnswer, "20429", "20500", "20503", "14107", "30003", "30008", "30017", "30022", "30410",
                "63009", "63010", "63012", "63017", "63018", "63029"),
            .. Each(SendAction.ParkSender, "21611", "30001", "30023", "30027", "30035", "30454", "63038"),
            .. Each(SendAction.ParkCampaign, "63027", "63028", "63040", "63041", "63042", "21655"),
            .. Each(SendAction.FinalOptOut, "21610", "131050"),
            .. Each(SendAction.ConfigurationError, "20003", "20005", "10001", "20404", "21212", "21606", "21609", "21657", "21701", "21703", "21704",
                "30002", "30010", "63001", "63002", "63007", "63008", "63020", "63022", "63051"),
            .. Each(SendAction.Final, "21211", "21408", "21608", "21612", "21614", "21617", "21619", "21620", "21623", "21654", "21656", "30004", "30005",
                "30006", "30007", "30011", "30019", "30032", "30034", "30036", "30450", "63003", "63005", "63006", "63013", "63014", "63015", "63016",
                "63019", "63021", "63024", "63026", "63030", "63031", "63032", "63033", "63034", "63049"),
        ];
    }
}
