using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Privacy;

/// <summary>Names a person by an address. In a body, never in a URL.</summary>
/// <param name="Address">E.164, or the id of a WhatsApp user that has no number.</param>
/// <param name="Channel">sms or whatsapp: how to read the address; the person is meant on every channel all the same.</param>
internal sealed record DataSubjectRequest([property: JsonRequired] string Address, string? Channel = null)
{
    /// <summary>Everything that is wrong with it, by path.</summary>
    public IReadOnlyDictionary<string, string[]> Faults()
    {
        var faults = new Dictionary<string, string[]>();
        if (Channel is not (null or "sms" or "whatsapp"))
        {
            faults.Add("channel", ["must be sms or whatsapp"]);
        }

        if (!PhoneNumber.IsE164(Address) && (Channel == "sms" || !WhatsAppUserId.IsUserId(Address)))
        {
            faults.Add("address", [Channel == "sms" ? "must be a number such as +224620000000" : "must be a number such as +224620000000, or the id of a WhatsApp user"]);
        }

        return faults;
    }
}

internal static partial class WhatsAppUserId
{
    /// <summary>Letters first: a number without its plus sign is a mistake, not an id.</summary>
    public static bool IsUserId(string text) => UserId().IsMatch(text);

    [GeneratedRegex(@"^(?!erased)[A-Za-z][A-Za-z0-9._:-]{2,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserId();
}
