using PhoneNumbers;
using LibraryNumber = PhoneNumbers.PhoneNumber;
using PhoneNumber = Relais.Platform.PhoneNumber;
using Source = PhoneNumbers.PhoneNumber.Types.CountryCodeSource;

namespace Relais.Contacts;

/// <summary>One way to read some digits by the numbering plans of libphonenumber. Pure.</summary>
internal sealed class PlannedNumber
{
    // a local number without its area code has eight digits at most
    private const int MaxLocalNumberLength = 8;

    // with fewer digits, the rest of a number would be taken for another
    private const int MinDigitsInPair = 6;

    private readonly string digits;
    private readonly LibraryNumber? number;
    private readonly string? parseFault;

    private PlannedNumber(string digits, string toParse, string? country)
    {
        this.digits = digits;
        try
        {
            number = Plans.ParseAndKeepRawInput(toParse, country);
            Type = Plans.GetNumberType(number);
        }
        catch (NumberParseException e)
        {
            parseFault = e.ErrorType switch
            {
                ErrorType.TOO_LONG => "phone_too_long",
                ErrorType.INVALID_COUNTRY_CODE => "phone_invalid",
                _ => "phone_too_short",
            };
        }
    }

    // the metadata of a country is loaded when its first number is read
    private static PhoneNumberUtil Plans => PhoneNumberUtil.GetInstance();

    public PhoneNumberType Type { get; } = PhoneNumberType.UNKNOWN;

    public bool IsValid => Type != PhoneNumberType.UNKNOWN && PhoneNumber.IsE164(E164);

    public string E164 => number is null ? "" : $"+{number.CountryCode}{National}";

    /// <summary>Read as a number of the given country, and not by a calling code among the digits.</summary>
    public bool IsDomestic => number?.CountryCodeSource == Source.FROM_DEFAULT_COUNTRY;

    /// <summary>A prefix for calls abroad was among the digits, or stood for the plus sign.</summary>
    public bool IsInternational => number?.CountryCodeSource is Source.FROM_NUMBER_WITH_IDD or Source.FROM_NUMBER_WITH_PLUS_SIGN;

    public bool IsFixedLine => Type is PhoneNumberType.FIXED_LINE;

    public bool IsMobile => Type is PhoneNumberType.MOBILE;

    private string National => Plans.GetNationalSignificantNumber(number);

    /// <param name="digits">Calling code and national number.</param>
    public static PlannedNumber International(string digits)
    {
        // Mexico had a 1 before mobile numbers until 2019
        var withoutOne = digits.StartsWith("521", StringComparison.Ordinal) && digits.Length == 13 ? $"52{digits[3..]}" : digits;
        return new PlannedNumber(digits, $"+{withoutOne}", null);
    }

    public static PlannedNumber FromWithin(string country, string digits) => new(digits, digits, country);

    /// <summary>
    /// A spreadsheet drops the zero with which numbers begin. Where all numbers are equally long and the zero belongs to them, such as in
    /// Côte d'Ivoire, it is the one digit that is missing. Null when the digits with it are no mobile number.
    /// </summary>
    public static PlannedNumber? WithLostZero(string country, string digits) =>
        Plans.GetMetadataForRegion(country).GeneralDesc.PossibleLengthList is [var length]
        && digits.Length == length - 1 && digits[0] != '0'
        && FromWithin(country, $"0{digits}") is { IsMobile: true } number && number.National == number.digits
            ? number
            : null;

    public static bool HasPlan(string country) => Plans.GetCountryCodeForRegion(country) > 0;

    public static string CallingCode(string country) => $"{Plans.GetCountryCodeForRegion(country)}";

    /// <summary>Whether a number of the country, as it is dialled there, may begin with these digits.</summary>
    public static bool CanBeginWith(string digits, string country) =>
        digits.Length >= MinDigitsInPair && (digits[0] == '0' || string.IsNullOrEmpty(Plans.GetMetadataForRegion(country)?.NationalPrefix));

    /// <summary>The digits lack the prefix with which the country writes its numbers, such as the 0 that a spreadsheet drops.</summary>
    public bool LacksTrunkPrefix() =>
        number is not null && IsDomestic && digits == National
        && PhoneText.OnlyDigits(Plans.Format(number, PhoneNumberFormat.NATIONAL)).Length > digits.Length;

    /// <summary>
    /// As likely a local number without its area code as one that lost its trunk prefix. Plans with one length for all fixed lines have no
    /// local numbers.
    /// </summary>
    public bool IsPossiblyWithoutAreaCode() =>
        IsFixedLine && digits.Length <= MaxLocalNumberLength && LacksTrunkPrefix() && LengthsOfFixedLines().Count > 1;

    /// <summary>
    /// As long as a mobile number of the country, with nothing taken from what was written: the library may not know the newest ranges.
    /// </summary>
    public bool IsPossiblyNewRange() =>
        number is not null && digits == E164[1..] && PhoneNumber.IsE164(E164) && Prefix() is var prefix
        && (prefix.Length == 0 || !National.StartsWith(prefix, StringComparison.Ordinal))
        && Plans.IsPossibleNumberForTypeWithReason(number, PhoneNumberType.MOBILE) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE;

    /// <summary>What is wrong with a number that is not valid.</summary>
    public string Fault()
    {
        if (number is null)
        {
            return parseFault!;
        }

        var prefix = Prefix();
        var national = National.StartsWith(prefix, StringComparison.Ordinal) ? National[prefix.Length..] : National;
        return Plans.IsPossibleNumberWithReason(number) switch
        {
            PhoneNumberUtil.ValidationResult.TOO_LONG => "phone_too_long",
            PhoneNumberUtil.ValidationResult.IS_POSSIBLE_LOCAL_ONLY => "phone_too_short",
            _ when Lengths().Any(one => one > national.Length && IsValidNational(national.PadRight(one, '2'))) => "phone_too_short",
            _ when Lengths().Any(one => one < national.Length && IsValidNational(national[..one])) => "phone_too_long",
            _ when Type == PhoneNumberType.UNKNOWN => "phone_invalid",
            // a service number with fewer digits than E.164 has
            _ => "phone_too_short",
        };
    }

    private bool IsValidNational(string national) => Plans.IsValidNumber(Plans.Parse($"+{number!.CountryCode}{national}", null));

    private IList<int> Lengths() => Plan().GeneralDesc.PossibleLengthList;

    private string Prefix() => Plan().NationalPrefix ?? "";

    private IList<int> LengthsOfFixedLines() =>
        Plan().FixedLine is { PossibleLengthCount: > 0 } fixedLine ? fixedLine.PossibleLengthList : Lengths();

    private PhoneMetadata Plan() => Plans.GetRegionCodeForCountryCode(number!.CountryCode) is var region && region != "001"
        ? Plans.GetMetadataForRegion(region)
        : Plans.GetMetadataForNonGeographicalRegion(number.CountryCode);
}
