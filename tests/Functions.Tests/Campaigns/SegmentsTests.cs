using Relais.Sending;

namespace Functions.Tests.Campaigns;

public sealed class SegmentsTests
{
    [Theory]
    [InlineData("a", 0, 1)]
    [InlineData("a", 1, 1)]
    [InlineData("a", 160, 1)]
    [InlineData("a", 161, 2)]
    [InlineData("a", 306, 2)]
    [InlineData("a", 307, 3)]
    [InlineData("é", 160, 1)]
    [InlineData("à", 161, 2)]
    [InlineData("€", 80, 1)]
    [InlineData("€", 81, 2)]
    [InlineData("€", 152, 2)]
    [InlineData("€", 153, 3)]
    [InlineData("ê", 70, 1)]
    [InlineData("ê", 71, 2)]
    [InlineData("ç", 134, 2)]
    [InlineData("œ", 135, 3)]
    [InlineData("’", 70, 1)]
    [InlineData("😀", 35, 1)]
    [InlineData("😀", 36, 2)]
    [InlineData("😀", 66, 2)]
    [InlineData("😀", 67, 3)]
    public void A_text_has_the_expected_number_of_segments(string character, int times, int segments) =>
        Assert.Equal(segments, SmsSegments.Count(string.Concat(Enumerable.Repeat(character, times))));

    [Fact]
    public void One_character_outside_GSM_7_switches_the_text_to_UCS_2()
    {
        var text = new string('a', 100);

        Assert.Equal(1, SmsSegments.Count(text));
        Assert.Equal(2, SmsSegments.Count(text + "ê"));
    }

    [Fact]
    public void GSM_7_contains_the_upper_case_cedilla_only()
    {
        Assert.Equal(1, SmsSegments.Count(new string('Ç', 160)));
        Assert.Equal(3, SmsSegments.Count(new string('ç', 160)));
    }
}
