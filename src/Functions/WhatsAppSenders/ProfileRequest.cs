using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.WhatsAppSenders;

/// <summary>A change of a business profile. Fields that are null or left out stay unchanged.</summary>
/// <param name="DisplayName">Meta reviews a new name before WhatsApp shows it.</param>
/// <param name="Description">At most 512 characters.</param>
/// <param name="Websites">At most two https URLs.</param>
/// <param name="LogoUrl">The https URL of a public image.</param>
internal sealed record ProfileRequest(
    string? DisplayName = null, string? About = null, string? Address = null, string? Description = null,
    IReadOnlyList<string>? Websites = null, IReadOnlyList<string>? Emails = null, string? LogoUrl = null, string? Vertical = null)
{
    private const int MaxLinks = 2;
    private const int MaxUrlLength = 256;

    public Failure? Validate()
    {
        var faults = new FaultList()
            .Check("$", this != new ProfileRequest(), "names nothing to change")
            .Check("displayName", DisplayName is null || !string.IsNullOrWhiteSpace(DisplayName), "must not be empty")
            .Check("about", About is null || !string.IsNullOrWhiteSpace(About), "must not be empty")
            .Check("logoUrl", LogoUrl is null || IsHttps(LogoUrl, 2048), "must be an https URL of at most 2048 characters")
            .Check("websites", Websites is null || Websites.Count <= MaxLinks, $"must have at most {MaxLinks} entries")
            .Check("emails", Emails is null || Emails.Count <= MaxLinks, $"must have at most {MaxLinks} entries");
        foreach (var (field, text, maxLength) in new[]
        {
            ("displayName", DisplayName, 128),
            ("about", About, 139),
            ("address", Address, 256),
            ("description", Description, 512),
            ("vertical", Vertical, 128),
        })
        {
            faults.Check(field, text is null || text.Length <= maxLength, $"must have at most {maxLength} characters");
        }

        foreach (var (index, website) in (Websites ?? []).Index())
        {
            faults.Check(
                $"websites[{index}]", IsHttps(website, MaxUrlLength), $"must be an https URL of at most {MaxUrlLength} characters");
        }

        foreach (var (index, email) in (Emails ?? []).Index())
        {
            faults.Check($"emails[{index}]", IsEmail(email), "must be an e-mail address of at most 128 characters");
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

    private static bool IsHttps(string text, int maxLength) =>
        text.Length <= maxLength
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme == Uri.UriSchemeHttps
        && url.UserInfo.Length == 0
        && url.Host.Contains('.', StringComparison.Ordinal);

    private static bool IsEmail(string text) =>
        text.Length <= 128
        && !text.Any(char.IsWhiteSpace)
        && text.Split('@') is [{ Length: > 0 }, { Length: > 2 } host]
        && host.Contains('.', StringComparison.Ordinal);
}
