using Relais.Platform.Http;
using Relais.Privacy;

namespace Functions.Tests.Privacy;

public sealed class PersonRequestTests
{
    [Theory]
    [InlineData("+224620000001", null)]
    [InlineData("+224620000001", "sms")]
    [InlineData("GN.13491208655302741918", null)]
    [InlineData("GN.13491208655302741918", "whatsapp")]
    public void A_number_or_a_user_id_is_valid(string address, string? channel) =>
        Assert.Empty(new DataSubjectRequest(address, channel).Faults());

    [Theory]
    [InlineData("620000001", null, "address")]
    [InlineData("224620000001", "whatsapp", "address")]
    [InlineData("", null, "address")]
    [InlineData("GN.13491208655302741918", "sms", "address")]
    [InlineData("erased", null, "address")]
    [InlineData("erased:0a1b2c3d:xyz", null, "address")]
    [InlineData("+224620000001\n", null, "address")]
    [InlineData("+224620000001", "fax", "channel")]
    [InlineData("x", "fax", "address channel")]
    public void Every_invalid_field_is_reported(string address, string? channel, string fields) =>
        Assert.Equal(fields.Split(' '), new DataSubjectRequest(address, channel).Faults().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void The_address_and_the_days_are_required()
    {
        Assert.Equal(["is required"], JsonBody.Parse<DataSubjectRequest>("{}"u8.ToArray()).Failure!.Faults!["address"]);
        Assert.Equal(["is required"], JsonBody.Parse<PrivacySettings>("{}"u8.ToArray()).Failure!.Faults!["retentionDays"]);
    }
}
