using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Channels;

/// <summary>
/// Reads and writes addresses in the form that providers use, where <c>whatsapp:</c> stands before the number. Everywhere else in the app an
/// address is an E.164 number or a WhatsApp user id.
/// </summary>
internal static partial class ProviderAddress
{
    private const string WhatsApp = "whatsapp:";
    private const int MaxSenderNameLength = 20;

    public static string Format(string channel, string address) => channel == "whatsapp" ? WhatsApp + address : address;

    /// <summary>The address as it may stand in a webhook: with and without the prefix, with and without the plus sign.</summary>
    public static string[] Spellings(string channel, string address)
    {
        string[] bare = [address, address.TrimStart('+'), $" {address.TrimStart('+')}"];
        return [.. bare.Concat(channel == "whatsapp" ? bare.Select(spelling => WhatsApp + spelling) : []).Distinct()];
    }

    public static bool IsWhatsApp(string? text) => text?.TrimStart().StartsWith(WhatsApp, StringComparison.OrdinalIgnoreCase) ?? false;

    /// <returns>The channel that the prefix says, and the address without it.</returns>
    public static (string Channel, string Address) Parse(string text)
    {
        var channel = IsWhatsApp(text) ? "whatsapp" : "sms";
        return (channel, Read(text, channel).Address);
    }

    /// <summary>Whether the text is a whole number without its plus sign. A gateway that writes one address so writes all of them so.</summary>
    public static bool OmitsPlus(string? text) => NumberWithoutPlus().IsMatch(text ?? "");

    /// <summary>Reads an address whose channel is known from elsewhere: some gateways leave out the prefix or the plus sign.</summary>
    /// <param name="omitsPlus">The gateway is known to leave out the plus sign.</param>
    /// <returns>The address in its one form, or the text without its prefix when it is unknown.</returns>
    public static (AddressKind Kind, string Address) Read(string? text, string channel, bool omitsPlus = false)
    {
        var prefixed = text ?? "";
        var bare = IsWhatsApp(prefixed) ? prefixed.TrimStart()[WhatsApp.Length..] : prefixed;
        var digits = Separators().Replace(bare, "");
        if (PhoneNumber.IsE164(digits))
        {
            return (AddressKind.Phone, digits);
        }

        // WhatsApp only knows international numbers. On SMS digits without a plus may be national, unless an unescaped plus became a blank.
        var trimmed = bare.Trim();
        var isInternational = channel == "whatsapp" || bare.StartsWith(' ') || (omitsPlus && !ShortCode().IsMatch(trimmed));
        if (isInternational && PhoneNumber.IsE164($"+{digits}"))
        {
            return (AddressKind.Phone, $"+{digits}");
        }

        var kind = channel == "whatsapp"
            ? UserId().IsMatch(trimmed) ? AddressKind.WhatsAppUser : AddressKind.Unknown
            : ShortCode().IsMatch(trimmed) ? AddressKind.ShortCode
            : trimmed.Length <= MaxSenderNameLength && SenderName().IsMatch(trimmed) ? AddressKind.SenderName
            : AddressKind.Unknown;
        return (kind, trimmed);
    }

    // blanks, invisible format characters, and the separators that people write between digits
    [GeneratedRegex(@"[\s().\p{Pd}\p{Cf}]")]
    private static partial Regex Separators();

    [GeneratedRegex(@"^[A-Za-z]{2}(?:\.[A-Za-z0-9]{1,128}){1,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserId();

    [GeneratedRegex(@"^[1-9][0-9]{2,7}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShortCode();

    [GeneratedRegex(@"^\s*[1-9][0-9]{8,14}\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberWithoutPlus();

    [GeneratedRegex(@"^(?=.*\p{L})[\p{L}\p{M}0-9 &+'._-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex SenderName();
}
