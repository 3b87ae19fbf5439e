using Relais.Contacts;

namespace Functions.Tests.Contacts;

public sealed class PhoneReadingTests
{
    [Theory]
    [InlineData("620 00 00 01", "GN", "+224620000001")]
    [InlineData("224620000001", "GN", "+224620000001")]
    [InlineData("00224 620-00-00-01", "GN", "+224620000001")]
    [InlineData("+224 620.00.00.01", "FR", "+224620000001")]
    [InlineData("\u202a+224\u00a0620\u00a000\u00a000\u00a001\u202c", "GN", "+224620000001")]
    [InlineData("tel:+224620000001", "GN", "+224620000001")]
    [InlineData("whatsapp:+224620000001", "GN", "+224620000001")]
    [InlineData("'+224620000001", "GN", "+224620000001")]
    [InlineData("٦٢٠٠٠٠٠٠١", "GN", "+224620000001")]
    [InlineData("+33 (0)6 12 34 56 78", "GN", "+33612345678")]
    [InlineData("+330612345678", "GN", "+33612345678")]
    [InlineData("06 12 34 56 78", "FR", "+33612345678")]
    [InlineData("612345678", "FR", "+33612345678")]
    [InlineData("33612345678", "FR", "+33612345678")]
    [InlineData("(514) 555-1234", "CA", "+15145551234")]
    [InlineData("1-514-555-1234", "US", "+15145551234")]
    [InlineData("011 224 620 00 00 01", "CA", "+224620000001")]
    [InlineData("77 123 45 67", "SN", "+221771234567")]
    [InlineData("07 01 02 03 04", "CI", "+2250701020304")]
    [InlineData("+2250701020304", "GN", "+2250701020304")]
    [InlineData("70 12 34 56", "BF", "+22670123456")]
    [InlineData("70123456", "ML", "+22370123456")]
    [InlineData("90 12 34 56", "TG", "+22890123456")]
    [InlineData("01 97 12 34 56", "BJ", "+2290197123456")]
    [InlineData("0470 12 34 56", "BE", "+32470123456")]
    [InlineData("079 123 45 67", "CH", "+41791234567")]
    [InlineData("06-12-34-56-78", "MA", "+212612345678")]
    [InlineData("20 123 456", "TN", "+21620123456")]
    [InlineData("0551 23 45 67", "DZ", "+213551234567")]
    [InlineData("6 71 23 45 67", "CM", "+237671234567")]
    [InlineData("07700 900123", "GB", "+447700900123")]
    [InlineData("0151 23456789", "DE", "+4915123456789")]
    [InlineData("+81 90 1234 5678", "GN", "+819012345678")]
    [InlineData("+14155238886", "XX", "+14155238886")]
    public void Numbers_as_people_write_them_become_E164(string text, string country, string number) =>
        Assert.Equal(new PhoneReading(number, null), PhoneReading.Parse(text, country));

    [Theory]
    [InlineData("", "GN", "phone_missing")]
    [InlineData("  \u00a0 ", "GN", "phone_missing")]
    [InlineData("62000001", "GN", "phone_too_short")]
    [InlineData("6200000012", "GN", "phone_too_long")]
    [InlineData("520000001", "GN", "phone_invalid")]
    [InlineData("+224 62", "FR", "phone_too_short")]
    [InlineData("+22462000000123", "FR", "phone_too_long")]
    [InlineData("06 12 34 56", "FR", "phone_too_short")]
    [InlineData("97 12 34 56", "BJ", "phone_invalid")]
    [InlineData("2,24620E+11", "GN", "phone_scientific")]
    [InlineData("2.24E+11", "GN", "phone_scientific")]
    [InlineData("inconnu", "GN", "phone_not_a_number")]
    [InlineData("620 00 00 01 / 621 00 00 02", "GN", "phone_too_long")]
    [InlineData("620000001 ou 02", "GN", "phone_not_a_number")]
    [InlineData("+", "GN", "phone_not_a_number")]
    [InlineData("++224620000001", "GN", "phone_not_a_number")]
    [InlineData("620000001", "XX", "phone_needs_country")]
    [InlineData("+12", "XX", "phone_too_short")]
    [InlineData("+8112345678901234", "XX", "phone_too_long")]
    [InlineData("+0123456789", "XX", "phone_invalid")]
    [InlineData("\ud83d\ude00", "GN", "phone_not_a_number")]
    public void Each_number_fault_has_a_code(string text, string country, string fault) =>
        Assert.Equal(new PhoneReading(null, fault), PhoneReading.Parse(text, country));

    [Theory]
    [InlineData("GN")]
    [InlineData("FR")]
    [InlineData("CA")]
    [InlineData("CI")]
    public void A_normalised_phone_number_parses_to_itself(string country)
    {
        foreach (var text in new[] { "+224620000001", "+33612345678", "+15145551234", "+2250701020304", "+4915123456789" })
        {
            Assert.Equal(text, PhoneReading.Parse(text, country).Number);
        }
    }
}
