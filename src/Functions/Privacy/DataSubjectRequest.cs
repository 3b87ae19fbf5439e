using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Privacy;

/// <summary>Identifies a person by an address. It is sent in a body: URLs end up in logs.</summary>
/// <param name="Address">E.164, or the id of a WhatsApp user that has no number.</param>
/// <param name="Channel">sms or whatsapp. Determines only how the address is read; the request applies to every channel.</param>
internal sealed record DataSubjectRequest([property: JsonRequired] string Address, string? Channel = null)
{
    /// <returns>The faults by property path; empty when the request is valid.</returns>
    public IReadOnlyDictionary<string, string[]> Faults()
    {
        var faults = new Dictionary<string, string[]>();
        if (Channel is not (null or MessageChannel.Sms or MessageChannel.WhatsApp))
        {
            faults.Add("channel", ["must be sms or whatsapp"]);
        }

        if (!PhoneNumber.IsE164(Address) && (Channel == MessageChannel.Sms || !WhatsAppUserId.IsUserId(Address)))
        {
            faults.Add("address",
            [
                Channel == MessageChannel.Sms
                    ? "must be a number such as +224620000000"
                    : "must be a number such as +224620000000, or the id of a WhatsApp user",
            ]);
        }

        return faults;
    }
}

internal static partial class WhatsAppUserId
{
    /// <summary>
    /// Whether the text is a WhatsApp user id. An id begins with a letter, so that a phone number without its plus sign is rejected.
    /// </summary>
    public static bool IsUserId(string text) => UserId().IsMatch(text);

    [GeneratedRegex(@"^(?!erased)[A-Za-z][A-Za-z0-9._:-]{2,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserId();
}
