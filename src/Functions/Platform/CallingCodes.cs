using System.Globalization;
using PhoneNumbers;
using LibraryNumber = PhoneNumbers.PhoneNumber;

namespace Relais.Platform;

/// <summary>Which country a phone number belongs to, by the numbering plans of libphonenumber. Pure.</summary>
internal static class CallingCodes
{
    private const int NorthAmerica = 1;
    private const int LengthOfAreaCode = 3;
    private const int MaxCallingCodeLength = 3;
    private const int SignificantLength = 5;

    // in North America the area code alone tells the country and the kind of number
    private const string AnySubscriber = "2345678";

    private const string NoCountry = "001";

    private static PhoneNumberUtil Plans => PhoneNumberUtil.GetInstance();

    /// <summary>Territories that share the calling code of a larger country count as that country: so do providers.</summary>
    /// <param name="number">E.164, or the first five characters of it.</param>
    /// <returns>ISO 3166-1 alpha-2; null for numbers of no country and for North American toll-free ones, which several share.</returns>
    public static string? FindCountry(string number)
    {
        if (IsNorthAmericanTollFree(number) || Split(number[..Math.Min(number.Length, SignificantLength)]) is not var (code, national))
        {
            return null;
        }

        var region = Plans.GetRegionCodeForNumber(CreateNumber(code, national)) ?? Plans.GetRegionCodeForCountryCode(code);
        return region == NoCountry ? null : region;
    }

    public static bool IsNorthAmericanTollFree(string number) =>
        number.Length == 12 && Split(number) is var (code, national) && code == NorthAmerica
        && Plans.GetNumberType(CreateNumber(code, national)) == PhoneNumberType.TOLL_FREE;

    private static (int Code, string National)? Split(string number)
    {
        for (var length = 1; length <= MaxCallingCodeLength && length < number.Length; length++)
        {
            // no calling code begins with another
            if (number[0] == '+' && int.TryParse(number.AsSpan(1, length), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                && Plans.GetRegionCodesForCountryCode(code).Count > 0)
            {
                return (code, number[(length + 1)..]);
            }
        }

        return null;
    }

    private static LibraryNumber CreateNumber(int code, string national)
    {
        var digits = code == NorthAmerica && national.Length >= LengthOfAreaCode ? national[..LengthOfAreaCode] + AnySubscriber : national;
        var number = new LibraryNumber.Builder()
            .SetCountryCode(code)
            .SetNationalNumber(ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        return (zeros > 0 ? number.SetNumberOfLeadingZeros(zeros) : number).Build();
    }
}
