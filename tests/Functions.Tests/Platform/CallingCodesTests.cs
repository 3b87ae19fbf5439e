using Relais.Platform;

namespace Functions.Tests.Platform;

public sealed class CallingCodesTests
{
    [Theory]
    [InlineData("+14185551234", "CA")]
    [InlineData("+15815006712", "CA")]
    [InlineData("+12125550100", "US")]
    [InlineData("+17875550100", "PR")]
    [InlineData("+18095550100", "DO")]
    [InlineData("+224620000001", "GN")]
    [InlineData("+33644600001", "FR")]
    [InlineData("+447700900000", "GB")]
    [InlineData("+77011234567", "KZ")]
    [InlineData("+79161234567", "RU")]
    [InlineData("+18005550100", null)]
    [InlineData("+88216123456", null)]
    public void The_country_follows_from_the_calling_code(string number, string? country) =>
        Assert.Equal(country, CallingCodes.FindCountry(number));

    [Theory]
    [InlineData("+18885550100", true)]
    [InlineData("+18875550100", false)]
    [InlineData("+448885550100", false)]
    public void North_American_toll_free_numbers_are_recognised(string number, bool tollFree) =>
        Assert.Equal(tollFree, CallingCodes.IsNorthAmericanTollFree(number));

    [Theory]
    [InlineData("+1418", "CA")]
    [InlineData("+14181000001", "CA")]
    [InlineData("+7701", "KZ")]
    [InlineData("+2246", "GN")]
    [InlineData("+262639012345", "RE")]
    [InlineData("+441481256789", "GB")]
    [InlineData("+1", "US")]
    [InlineData("+999123", null)]
    [InlineData("US.12", null)]
    [InlineData("+", null)]
    [InlineData("", null)]
    public void FieldTrial_F09_The_first_five_characters_give_the_country(string number, string? country) =>
        Assert.Equal(country, CallingCodes.FindCountry(number));
}
