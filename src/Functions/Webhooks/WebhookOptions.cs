namespace Relais.Webhooks;

/// <summary>Settings under Webhooks.</summary>
internal sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>The address that providers call, with scheme and without /api.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Set when a proxy in front replaces X-Forwarded-Host and X-Forwarded-Proto of every request.</summary>
    public bool TrustForwardedHeaders { get; init; }
}
