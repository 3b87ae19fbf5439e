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

    /// <summary>The address of the second function app, with scheme and without /api; null: there is none.</summary>
    [HttpAddress]
    public Uri? FallbackUrl { get; init; }

    /// <summary>
    /// Set this only if a proxy in front of the app replaces X-Forwarded-Host and X-Forwarded-Proto of every request; otherwise a caller
    /// could forge them.
    /// </summary>
    public bool TrustForwardedHeaders { get; init; }

    public PublicUrl ToPublicUrl() => new(PublicUrl!, FallbackUrl, TrustForwardedHeaders);
}
