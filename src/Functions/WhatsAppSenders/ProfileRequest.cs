using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;

namespace Relais.WhatsAppSenders;

/// <summary>What to change of a business profile; what is left out stays.</summary>
/// <param name="DisplayName">Reviewed by Meta before it shows.</param>
/// <param name="Description">512 characters at the most.</param>
/// <param name="Websites">Two at the most, https.</param>
/// <param name="LogoUrl">A public image, https.</param>
internal sealed record ProfileRequest(
    string? DisplayName = null, string? About = null, string? Address = null, string? Description = null, IReadOnlyList<string>? Websites = null,
    IReadOnlyList<string>? Emails = null, string? LogoUrl = null, string? Vertical = null)
{
    private const int MaxLinks = 2;
    private const int MaxUrlLength = 256;

    public Failure? Validate()
    {
        var faults = new Faults()
            .Check("$", this != new ProfileRequest(), "names nothing to change")
            .Check("displayName", DisplayName is null || !string.IsNullOrWhiteSpace(DisplayName), "must not be empty")
            .Check("about", About is null || !string.IsNullOrWhiteSpace(About), "must not be empty")
            .Check("logoUrl", LogoUrl is null || IsHttps(LogoUrl, 2048), "must be an https URL of 2048 characters at the most")
            .Check("websites", Websites is null || Websites.Count <= MaxLinks, $"may be {MaxLinks} at the most")
            .Check("emails", Emails is null || Emails.Count <= MaxLinks, $"may be {MaxLinks} at the most");
        foreach (var (field, text, longest) in new[] { ("displayName", DisplayName, 128), ("about", About, 139), ("address", Address, 256), ("description", Description, 512), ("vertical", Vertical, 128) })
        {
            faults.Check(field, text is null || text.Length <= longest, $"may have {longest} characters at the most");
        }

        foreach (var (index, website) in (Websites ?? []).Index())
        {
            faults.Check($"websites[{index}]", IsHttps(website, MaxUrlLength), $"must be an https URL of {MaxUrlLength} characters at the most");
        }

        foreach (var (index, email) in (Emails ?? []).Index())
        {
            faults.Check($"emails[{index}]", IsEmail(email), "must be an e-mail address of 128 characters at the most");
        }

        return faults.Failure;
    }

    public WhatsAppProfile ToProfile() => new()
    {
        DisplayName = DisplayName?.Trim(),
        About = About?.Trim(),
        Address = Address?.Trim(),
        Description = Description?.Trim(),
        Websites = Websites,
        Emails = Emails,
        LogoUrl = LogoUrl,
        Vertical = Vertical?.Trim(),
    };

    private static bool IsHttps(string text, int longest) =>
        text.Length <= longest && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0 && url.Host.Contains('.', StringComparison.Ordinal);

    private static bool IsEmail(string text) =>
        text.Length <= 128 && !text.Any(char.IsWhiteSpace) && text.Split('@') is [{ Length: > 0 }, { Length: > 2 } host] && host.Contains('.', StringComparison.Ordinal);
}
