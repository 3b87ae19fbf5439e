using PhoneNumbers;

namespace Functions.Tests.Contacts.Generated;

/// <summary>
/// The structure of a country's mobile numbers and the way they are dialled. The plans are written by hand and not read from the
/// tested code.
/// </summary>
/// <param name="Trunk">The prefix before the national number inside the country; empty if there is none.</param>
/// <param name="MayLoseTrunk">True if a mobile number stays unambiguous without its trunk prefix, which spreadsheets drop.</param>
/// <param name="MayLosePlus">True if a number with calling code but without plus sign stays unambiguous.</param>
internal sealed record NumberPlan(
    string Country, string Code, string Trunk, string[] Starts, int Length, bool MayLoseTrunk, bool MayLosePlus, string Abroad = "00")
{
    public static readonly IReadOnlyList<NumberPlan> All =
    [
        new("GN", "224", "", ["620", "621", "622", "623", "624", "625", "628"], 9, false, true),
        new("FR", "33", "0", ["61", "62", "66", "67", "68"], 9, true, true),
        new("RE", "262", "0", ["692"], 9, true, true),
        new("SN", "221", "", ["77", "78", "76"], 9, false, true),
        new("CI", "225", "", ["07", "05", "01"], 10, false, true),
        new("BJ", "229", "", ["0197", "0196", "0166"], 10, false, true),
        new("ML", "223", "", ["70", "76", "66"], 8, false, true),
        new("DE", "49", "0", ["151", "160", "170", "175"], 10, true, false),
        new("BE", "32", "0", ["470", "475", "486", "495"], 9, true, true),
        new("GB", "44", "0", ["74", "75", "78"], 10, true, true),
        new("NG", "234", "0", ["803", "806", "816"], 10, true, true),
        new("MA", "212", "0", ["661", "612"], 9, true, true),
        new("CH", "41", "0", ["78", "79"], 9, true, true),
        new("US", "1", "1", ["212", "415"], 10, true, true, "011"),
        new("CA", "1", "1", ["514", "418"], 10, true, true, "011"),
        new("BR", "55", "0", ["119", "219"], 11, true, false),
        new("MX", "52", "", ["55", "33"], 10, false, true),
        new("IT", "39", "", ["333", "347"], 10, false, true),
    ];

    /// <summary>The country of a tenant whose country has no numbering plan.</summary>
    public const string NoPlan = "AQ";

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    /// <summary>Creates a mobile number of the country that the phone number library considers valid.</summary>
    public string NewNational(SeededChance chance)
    {
        while (true)
        {
            var start = chance.Of(Starts);
            var national = start + chance.Digits(Length - start.Length);
            var number = Library.Parse($"+{Code}{national}", null);
            if (Library.IsValidNumber(number)
                && Library.GetNumberType(number) is PhoneNumberType.MOBILE or PhoneNumberType.FIXED_LINE_OR_MOBILE)
            {
                return national;
            }
        }
    }
}
