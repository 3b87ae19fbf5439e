using System.Text.RegularExpressions;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Accounts;

/// <summary>Checks the formats of request fields. Pure.</summary>
internal static partial class RequestFormats
{
    public const string AccountSidFault = "must be AC and 32 hexadecimal digits";
    public const string AuthTokenFault = "must be 16 to 128 printable characters without spaces";
    public const string PhoneNumberFault = "must be E.164, such as +14185551234";

    public const string CountryFault = "must be a country code of two letters, such as CA";
    public const string TypeFault = "must be local, mobile or toll_free";
    public const string AreaCodeFault = "must be three digits, such as 418";

    /// <summary>HTML forms send their empty fields as empty texts: such a field counts as absent.</summary>
    public static string? NullIfEmpty(string? text) => text is "" ? null : text;

    public static bool IsAccountSid(string? text) => IsSid(text, "AC");

    public static bool IsAuthToken(string? text) => text is not null && Token().IsMatch(text);

    public static bool IsSid(string? text, string prefix) =>
        text is not null && text.StartsWith(prefix, StringComparison.Ordinal) && Hex32().IsMatch(text[prefix.Length..]);

    public static bool IsCountry(string text) => Country().IsMatch(text);

    public static bool IsAreaCode(string text) => AreaCode().IsMatch(text);

    public static bool IsNumberPattern(string text) => Pattern().IsMatch(text);

    /// <summary>Checks the formats. A token needs the SID of its account, but an account may be named without a token.</summary>
    public static FaultList CheckCredentials(this FaultList faults, string? accountSid, string? authToken) => faults
        .Check("account_sid", accountSid is null || IsAccountSid(accountSid), AccountSidFault)
        .Check("auth_token", authToken is null || IsAuthToken(authToken), AuthTokenFault)
        .Check("account_sid", accountSid is not null || authToken is null, "is required with auth_token");

    public static FaultList CheckPhoneNumber(this FaultList faults, string? number) => faults
        .Check("phone_number", number is not null, "is required")
        .Check("phone_number", number is null || PhoneNumber.IsE164(number), PhoneNumberFault);

    [GeneratedRegex(@"^[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hex32();

    [GeneratedRegex(@"^[!-~]{16,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex(@"^[A-Z]{2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Country();

    [GeneratedRegex(@"^[2-9][0-9]{2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AreaCode();

    [GeneratedRegex(@"^(?=.{2,16}\z)\+?[0-9A-Za-z*%]+\$?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
