using System.ComponentModel.DataAnnotations;

namespace Relais.Access;

/// <summary>Settings under Access: whose tokens are taken.</summary>
internal sealed class AccessOptions : IValidatableObject
{
    public const string Section = "Access";

    /// <summary>The issuer exactly as its tokens name it (iss); empty: only API keys work.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What a token must be meant for (aud).</summary>
    public string Audience { get; set; } = "";

    /// <summary>How far the issuer's clock may be from ours.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whoever signed in may create a tenant.</summary>
    public bool AllowSignUp { get; set; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Issuer.Length > 0 && !IsTrustworthy(Issuer))
        {
            yield return new ValidationResult("Access__Issuer must be an https address (http only on this machine) without query or fragment.");
        }

        if (Issuer.Length > 0 && string.IsNullOrWhiteSpace(Audience))
        {
            yield return new ValidationResult("Access__Audience is missing: what the tokens of Access__Issuer are meant for.");
        }
    }

    /// <summary>Nobody on the way can change what comes from there.</summary>
    public static bool IsTrustworthy(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri is { Query: "", Fragment: "", UserInfo: "" }
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
