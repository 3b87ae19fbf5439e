using System.ComponentModel.DataAnnotations;
using Relais.Platform.Http;
using Relais.Platform.Settings;

namespace Relais.Webhooks;

/// <summary>Settings under Webhooks.</summary>
internal sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>The address that providers call, with scheme and without /api.</summary>
    [Required(ErrorMessage = "{0} is missing: the address under which providers reach this app, without /api.")]
    [HttpAddress]
    public Uri? PublicUrl { get; init; }

    /// <summary>Where the second function app is reached, with scheme and without /api; null: there is none.</summary>
    [HttpAddress]
    public Uri? FallbackUrl { get; init; }

    /// <summary>Set when a proxy in front replaces X-Forwarded-Host and X-Forwarded-Proto of every request.</summary>
    public bool TrustForwardedHeaders { get; init; }

    public PublicUrl ToPublicUrl() => new(PublicUrl!, FallbackUrl, TrustForwardedHeaders);
}
