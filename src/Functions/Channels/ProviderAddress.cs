using System.Text.RegularExpressions;
using Relais.Platform;

namespace Relais.Channels;

/// <summary>
/// Reads and writes addresses in the form of the provider, which prefixes WhatsApp addresses with <c>whatsapp:</c>. Everywhere else in the
/// app, an address is an E.164 number or a WhatsApp user id.
/// </summary>
internal static partial class ProviderAddress
{
    private const string WhatsApp = "whatsapp:";
    private const int MaxSenderNameLength = 20;

    public static string Format(string channel, string address) => channel == MessageChannel.WhatsApp ? WhatsApp + address : address;

    /// <returns>The address in all spellings that a webhook may use: with and without the prefix, with and without the plus sign.</returns>
    public static string[] Spellings(string channel, string address)
    {
        string[] bare = [address, address.TrimStart('+'), $" {address.TrimStart('+')}"];
        return [.. bare.Concat(channel == MessageChannel.WhatsApp ? bare.Select(spelling => WhatsApp + spelling) : []).Distinct()];
    }

    public static bool IsWhatsApp(string? text) => text?.TrimStart().StartsWith(WhatsApp, StringComparison.OrdinalIgnoreCase) ?? false;

    /// <returns>The channel, which is whatsapp if the text has the prefix and sms otherwise, and the address without the prefix.</returns>
    public static (string Channel, string Address) Parse(string text)
    {
        var channel = IsWhatsApp(text) ? MessageChannel.WhatsApp : MessageChannel.Sms;
        return (channel, Read(text, channel).Address);
    }

    /// <summary>
    /// Whether the text is a complete phone number without its plus sign. A gateway that omits the plus sign once omits it everywhere.
    /// </summary>
    public static bool OmitsPlus(string? text) => NumberWithoutPlus().IsMatch(text ?? "");

    /// <summary>Reads an address on a known channel. The channel is not read from the prefix, because some gateways omit it.</summary>
    /// <param name="omitsPlus">True: the gateway omits the plus sign of phone numbers.</param>
    /// <returns>The address in the form that the app uses; if its kind is unknown, the text without its prefix.</returns>
    public static (AddressKind Kind, string Address) Read(string? text, string channel, bool omitsPlus = false)
    {
        var prefixed = text ?? "";
        var bare = IsWhatsApp(prefixed) ? prefixed.TrimStart()[WhatsApp.Length..] : prefixed;
        var digits = Separators().Replace(bare, "");
        if (PhoneNumber.IsE164(digits))
        {
            return (AddressKind.Phone, digits);
        }

        // WhatsApp numbers are always international. On SMS, digits without a plus sign may be a national number, unless they begin with a
        // space, which is how an unescaped plus sign arrives.
        var trimmed = bare.Trim();
        var isInternational = channel == MessageChannel.WhatsApp || bare.StartsWith(' ') || (omitsPlus && !ShortCode().IsMatch(trimmed));
        if (isInternational && PhoneNumber.IsE164($"+{digits}"))
        {
            return (AddressKind.Phone, $"+{digits}");
        }

        var kind = channel == MessageChannel.WhatsApp
            ? UserId().IsMatch(trimmed) ? AddressKind.WhatsAppUser : AddressKind.Unknown
            : ShortCode().IsMatch(trimmed) ? AddressKind.ShortCode
            : trimmed.Length <= MaxSenderNameLength && SenderName().IsMatch(trimmed) ? AddressKind.SenderName
            : AddressKind.Unknown;
        return (kind, trimmed);
    }

    // Spaces, invisible format characters, and the separators that people write between digits.
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
