using PhoneNumbers;
using LibraryNumber = PhoneNumbers.PhoneNumber;
using PhoneNumber = Relais.Platform.PhoneNumber;
using Source = PhoneNumbers.PhoneNumber.Types.CountryCodeSource;

namespace Relais.Contacts;

/// <summary>One reading of some digits as a phone number, by the numbering plans of libphonenumber.</summary>
internal sealed class NumberReading
{
    // A local number without its area code has eight digits at most.
    private const int MaxLocalNumberLength = 8;

    // Fewer digits may be the end of the first number instead of a second number.
    private const int MinDigitsInPair = 6;

    private readonly string digits;
    private readonly LibraryNumber? number;
    private readonly string? parseFault;

    private NumberReading(string digits, string text, string? country)
    {
        this.digits = digits;
        try
        {
            number = Plans.ParseAndKeepRawInput(text, country);
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

    // libphonenumber loads the metadata of a country when it reads the first number of that country.
    private static PhoneNumberUtil Plans => PhoneNumberUtil.GetInstance();

    public PhoneNumberType Type { get; } = PhoneNumberType.UNKNOWN;

    public bool IsValid => Type != PhoneNumberType.UNKNOWN && PhoneNumber.IsE164(E164);

    public string E164 => number is null ? "" : $"+{number.CountryCode}{National}";

    /// <summary>Whether the digits were read as a national number of the given country.</summary>
    public bool IsDomestic => number?.CountryCodeSource == Source.FROM_DEFAULT_COUNTRY;

    /// <summary>Whether the digits were read with a plus sign or an international prefix, such as 00.</summary>
    public bool IsInternational => number?.CountryCodeSource is Source.FROM_NUMBER_WITH_IDD or Source.FROM_NUMBER_WITH_PLUS_SIGN;

    public bool IsFixedLine => Type is PhoneNumberType.FIXED_LINE;

    public bool IsMobile => Type is PhoneNumberType.MOBILE;

    private string National => Plans.GetNationalSignificantNumber(number);

    /// <param name="digits">Calling code and national number.</param>
    public static NumberReading International(string digits)
    {
        // Until 2019, Mexican mobile numbers had a 1 after the calling code.
        var withoutOne = digits.StartsWith("521", StringComparison.Ordinal) && digits.Length == 13 ? $"52{digits[3..]}" : digits;
        return new NumberReading(digits, $"+{withoutOne}", null);
    }

    /// <param name="country">The country in which the digits are dialled.</param>
    public static NumberReading FromNational(string country, string digits) => new(digits, digits, country);

    /// <summary>
    /// Restores the leading zero that a spreadsheet dropped, in countries where all numbers have the same length and the zero is part of
    /// them, such as Côte d'Ivoire.
    /// </summary>
    /// <returns>Null when the digits with the zero are not a mobile number.</returns>
    public static NumberReading? WithLostZero(string country, string digits) =>
        Plans.GetMetadataForRegion(country).GeneralDesc.PossibleLengthList is [var length]
        && digits.Length == length - 1 && digits[0] != '0'
        && FromNational(country, $"0{digits}") is { IsMobile: true } number && number.National == number.digits
            ? number
            : null;

    public static bool HasPlan(string country) => Plans.GetCountryCodeForRegion(country) > 0;

    public static string CallingCode(string country) => $"{Plans.GetCountryCodeForRegion(country)}";

    /// <summary>Whether a number of the country, as it is dialled there, may begin with these digits.</summary>
    public static bool CanBeginWith(string digits, string country) =>
        digits.Length >= MinDigitsInPair && (digits[0] == '0' || string.IsNullOrEmpty(Plans.GetMetadataForRegion(country)?.NationalPrefix));

    /// <summary>Whether the digits lack the trunk prefix of the country, such as the 0 that a spreadsheet drops.</summary>
    public bool LacksTrunkPrefix() =>
        number is not null && IsDomestic && digits == National
        && PhoneText.OnlyDigits(Plans.Format(number, PhoneNumberFormat.NATIONAL)).Length > digits.Length;

    /// <summary>
    /// Whether the digits may be a local number without its area code, instead of a number that lost its trunk prefix. Countries with one
    /// length for all fixed lines have no local numbers.
    /// </summary>
    public bool IsPossiblyWithoutAreaCode() =>
        IsFixedLine && digits.Length <= MaxLocalNumberLength && LacksTrunkPrefix() && LengthsOfFixedLines().Count > 1;

    /// <summary>
    /// Whether the digits, exactly as written, are as long as a mobile number of the country: libphonenumber may not know the newest
    /// ranges.
    /// </summary>
    public bool IsPossiblyNewRange() =>
        number is not null && digits == E164[1..] && PhoneNumber.IsE164(E164) && Prefix() is var prefix
        && (prefix.Length == 0 || !National.StartsWith(prefix, StringComparison.Ordinal))
        && Plans.IsPossibleNumberForTypeWithReason(number, PhoneNumberType.MOBILE) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE;

    /// <returns>The fault code of a number that is not valid.</returns>
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
            _ when Lengths().Any(length => length > national.Length && IsValidNational(national.PadRight(length, '2'))) =>
                "phone_too_short",
            _ when Lengths().Any(length => length < national.Length && IsValidNational(national[..length])) => "phone_too_long",
            _ when Type == PhoneNumberType.UNKNOWN => "phone_invalid",
            // The number exists but is shorter than E.164 allows, such as a service number.
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
