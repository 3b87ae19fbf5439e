using Relais.WhatsAppSenders;

namespace Functions.Tests.WhatsAppSenders;

public sealed class ProfileRequestTests
{
    private static readonly string Long = new('x', 600);

    private static readonly (ProfileRequest Request, string Fields)[] Cases =
    [
        (new ProfileRequest(), "$"),
        (new ProfileRequest(DisplayName: " "), "displayName"),
        (new ProfileRequest(DisplayName: Long), "displayName"),
        (new ProfileRequest(About: ""), "about"),
        (new ProfileRequest(About: Long[..140]), "about"),
        (new ProfileRequest(Address: Long[..257]), "address"),
        (new ProfileRequest(Description: Long[..513]), "description"),
        (new ProfileRequest(Vertical: Long[..129]), "vertical"),
        (new ProfileRequest(LogoUrl: "http://clinique.example/logo.png"), "logoUrl"),
        (new ProfileRequest(LogoUrl: "https://localhost/logo.png"), "logoUrl"),
        (new ProfileRequest(LogoUrl: "https://user:pass@clinique.example/logo.png"), "logoUrl"),
        (new ProfileRequest(Websites: ["https://a.example", "https://b.example", "https://c.example"]), "websites"),
        (new ProfileRequest(Websites: ["https://a.example", "ftp://b.example"]), "websites[1]"),
        (new ProfileRequest(Websites: [$"https://a.example/{Long}"]), "websites[0]"),
        (new ProfileRequest(Emails: ["personne"]), "emails[0]"),
        (new ProfileRequest(Emails: ["a@b.example", "a b@c.example"]), "emails[1]"),
        (new ProfileRequest(About: "", LogoUrl: "x", Emails: ["y"]), "about emails[0] logoUrl"),
    ];

    public static TheoryData<int> InvalidCases => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(InvalidCases))]
    public void Every_invalid_field_is_reported(int index) =>
        Assert.Equal(Cases[index].Fields.Split(' '), Cases[index].Request.Validate()!.Faults!.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void A_valid_profile_is_accepted() => Assert.Null(new ProfileRequest(
        "Clinique Étoile", Long[..139], "", Long[..512], [],
        ["bonjour@clinique.example"], "https://clinique.example/logo.png", "Other").Validate());
}
