using System.Globalization;
using PhoneNumbers;
using LibraryNumber = PhoneNumbers.PhoneNumber;

namespace Relais.Platform;

/// <summary>Finds the country of a phone number with the numbering plans of libphonenumber. Pure.</summary>
internal static class CallingCodes
{
    private const int NorthAmerica = 1;
    private const int AreaCodeLength = 3;
    private const int MaxCallingCodeLength = 3;
    private const int SignificantLength = 5;

    // In North America the area code alone tells the country and the type of number. These valid digits replace the others.
    private const string AnySubscriber = "2345678";

    // The region that libphonenumber returns for codes of no country, such as +800.
    private const string NoCountry = "001";

    private static PhoneNumberUtil Plans => PhoneNumberUtil.GetInstance();

    /// <summary>
    /// Finds the country by the first digits. A territory that shares the calling code of a larger country counts as that country, as it
    /// does at the provider.
    /// </summary>
    /// <param name="number">An E.164 number, or its first five characters.</param>
    /// <returns>
    /// ISO 3166-1 alpha-2. Null for numbers of no country, and for North American toll-free numbers, which several countries share.
    /// </returns>
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
            // No calling code is the beginning of another, so the first match is the only one.
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
        var digits = code == NorthAmerica && national.Length >= AreaCodeLength ? national[..AreaCodeLength] + AnySubscriber : national;
        var number = new LibraryNumber.Builder()
            .SetCountryCode(code)
            .SetNationalNumber(ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        return (zeros > 0 ? number.SetNumberOfLeadingZeros(zeros) : number).Build();
    }
}
