using Relais.Kit.Leaks;

namespace EndToEnd.Tests.Leaks;

/// <summary>Values are found in each form in which they may leak, and other texts that look similar are not.</summary>
public sealed class SecretValuesTests
{
    [Theory]
    [InlineData("to +224620000777 now")]
    [InlineData("to whatsapp:+224620000777")]
    [InlineData("To=whatsapp%3A%2B224620000777&x=1")]
    [InlineData("q=%20224620000777")]
    [InlineData("224620000777")]
    [InlineData("00224620000777")]
    [InlineData("{\"phone\":\"\\u002B224620000777\"}")]
    [InlineData("W3sidG8iOiIrMjI0NjIwMDAwNzc3In1d")]
    [InlineData("Basic KzIyNDYyMDAwMDc3Nw==")]
    [InlineData("/messages/KzIyNDYyMDAwMDc3Nw")]
    [InlineData("+224 620 00 07 77")]
    [InlineData("+224-620-000-777")]
    [InlineData("(224) 620.000.777")]
    [InlineData("tel=%2B224%20620%2000%2007%2077")]
    [InlineData("tel=620+00+07+77&x=1")]
    [InlineData("tel=%20620%2000%2007%2077")]
    [InlineData("620 00 07 77")]
    [InlineData("0620 00 07 77")]
    [InlineData("row 7: 620000777;Awa")]
    [InlineData("0620000777")]
    [InlineData("12 5 620\u00A000\u00A007\u00A077 3")]
    public void A_number_is_found_in_every_form(string text)
    {
        var planted = new SecretValues();
        planted.AddNumbers("(t,\"whatsapp:+224620000777\")");

        var leak = Assert.Single(planted.FindIn("a place", text));

        Assert.Equal("telephone number", leak.Kind);
        Assert.DoesNotContain("0777", leak.Line, StringComparison.Ordinal);
        Assert.DoesNotContain("07 77", leak.Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+22462••••77")]
    [InlineData("2246200007771")]
    [InlineData("62000077")]
    [InlineData("01900000-0003-7000-8000-000000000777")]
    [InlineData("1620000777")]
    [InlineData("0.620000777 s")]
    [InlineData("0 620 001 777")]
    [InlineData("a620000777f")]
    [InlineData("620 00 07 7")]
    [InlineData("2026-11-28 17:38:26")]
    [InlineData("W3sidG8iOiIrMjI0NjIwMDAwNzc4In1d")]
    public void Other_digits_are_not_a_number(string text)
    {
        var planted = new SecretValues();
        planted.AddNumbers("+224620000777");

        Assert.Empty(planted.FindIn("a place", text));
    }

    [Fact]
    public void A_short_national_number_is_only_found_with_its_country()
    {
        var planted = new SecretValues();
        planted.AddNumbers("+2901234567");

        Assert.Empty(planted.FindIn("a place", "1234567"));
        Assert.Single(planted.FindIn("a place", "290 12 34 567"));
    }

    [Theory]
    [InlineData("Le chauffeur Mamadou arrive à 14 h 30 devant la…")]
    [InlineData("…amadou arrive à 14 h 30 devant la pharmacie du march…")]
    [InlineData("N'oubliez pas votre ordonnance.")]
    public void A_part_of_a_long_text_is_found(string part)
    {
        var planted = new SecretValues();
        planted.AddText(
            "body of a message",
            "Le chauffeur Mamadou arrive à 14 h 30 devant la pharmacie du marché de Kaloum.\n" +
            "N'oubliez pas votre ordonnance.\n------------------------------");

        Assert.NotEmpty(planted.FindIn("a place", part));
        Assert.Empty(planted.FindIn("a place", "Le chauffeur\n----------------------------------"));
    }

    [Theory]
    [InlineData("Bonjour Aïssatou & Cie, à +")]
    [InlineData("Bonjour A\\u00EFssatou \\u0026 Cie, \\u00E0 \\u002B")]
    [InlineData("Bonjour%20A%C3%AFssatou%20%26%20Cie%2C%20%C3%A0%20%2B")]
    [InlineData("Bonjour+A%C3%AFssatou+%26+Cie%2C+%C3%A0+%2B")]
    public void A_text_is_found_in_every_form(string text)
    {
        var planted = new SecretValues();
        planted.Add("body of a message", "Bonjour Aïssatou & Cie, à +");

        Assert.Equal(
            "x ‹body of a message, " + text.Length + " characters› y",
            Assert.Single(planted.FindIn("a place", $"before\nx {text} y\nafter")).Line);
    }

    [Theory]
    [InlineData("rk_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "API key")]
    [InlineData("ri_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "invitation code")]
    [InlineData("Bearer eyJhbGciOiJFUzI1NiJ9.e30.x", "bearer token")]
    public void A_key_is_found_by_its_form(string text, string kind) =>
        Assert.Equal(kind, Assert.Single(new SecretValues().FindIn("a place", text)).Kind);
}
