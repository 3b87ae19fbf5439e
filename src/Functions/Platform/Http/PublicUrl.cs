namespace Relais.Platform.Http;

/// <summary>The addresses under which providers reach the app, from the settings under Webhooks.</summary>
/// <param name="baseUrl">With scheme and without /api.</param>
/// <param name="fallback">The same of the second function app; null: there is none.</param>
/// <param name="trustForwardedHeaders">A proxy in front replaces X-Forwarded-Host and X-Forwarded-Proto of every request.</param>
internal sealed class PublicUrl(Uri baseUrl, Uri? fallback = null, bool trustForwardedHeaders = false)
{
    public const string RouterPath = "/api/webhook-router";
    public const string MessageParameter = "m";
    public const string AttemptParameter = "a";

    public Uri Base { get; } = baseUrl;

    /// <summary>Providers call this address when <see cref="Base"/> does not respond.</summary>
    public Uri Fallback { get; } = fallback ?? baseUrl;

    public bool TrustForwardedHeaders { get; } = trustForwardedHeaders;

    /// <summary>The address for reports on one attempt to send a message.</summary>
    public Uri StatusCallback(Guid messageId, int attempt) =>
        new(Base, $"{Base.AbsolutePath.TrimEnd('/')}{RouterPath}?{MessageParameter}={messageId:N}&{AttemptParameter}={attempt}");
}
