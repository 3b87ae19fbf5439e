using System.ComponentModel.DataAnnotations;

namespace Relais.Platform.Settings;

/// <summary>Requires an http or https address to which a path can be appended. Null is valid.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpAddressAttribute() : ValidationAttribute(
    "{0} must be an http or https address without user, query and fragment, such as https://relais.example.")
{
    public override bool IsValid(object? value) =>
        value is null or Uri { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };
}
