using System.ComponentModel.DataAnnotations;

namespace Relais.Access;

/// <summary>Settings under Access: the issuer whose access tokens are accepted, and sign-up.</summary>
internal sealed class AccessOptions : IValidatableObject
{
    public const string Section = "Access";

    /// <summary>The issuer, exactly as in the claim iss of its tokens. Empty: only API keys work.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The value that the claim aud of a token must be or contain.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The tolerated difference between the clocks of the issuer and the app.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>True: every signed-in user may create a tenant.</summary>
    public bool AllowSignUp { get; set; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Issuer.Length > 0 && !IsTrustworthy(Issuer))
        {
            yield return new ValidationResult(
                "Access__Issuer must be an https address (http only on this machine) without query or fragment.");
        }

        if (Issuer.Length > 0 && string.IsNullOrWhiteSpace(Audience))
        {
            yield return new ValidationResult("Access__Audience is missing. Set it to the audience (aud) of the tokens of Access__Issuer.");
        }
    }

    /// <summary>
    /// True if nobody between the app and the address can change a response: the address uses https, or is on the same machine.
    /// </summary>
    public static bool IsTrustworthy(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri is { Query: "", Fragment: "", UserInfo: "" }
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
