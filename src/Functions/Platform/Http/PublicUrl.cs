namespace Relais.Platform.Http;

/// <summary>The addresses under which providers reach the app. Settings: Webhooks:PublicUrl and Webhooks:FallbackUrl.</summary>
/// <param name="baseUrl">With scheme and without /api.</param>
/// <param name="fallback">The same of the second function app; null: there is none.</param>
internal sealed class PublicUrl(Uri baseUrl, Uri? fallback = null)
{
    public const string RouterPath = "/api/webhook-router";
    public const string MessageParameter = "m";
    public const string AttemptParameter = "a";

    public Uri Base { get; } = baseUrl;

    /// <summary>Where providers call when <see cref="Base"/> does not answer.</summary>
    public Uri Fallback { get; } = fallback ?? baseUrl;

    /// <summary>The address for reports on one attempt to send a message.</summary>
    public Uri StatusCallback(Guid messageId, int attempt) =>
        new(Base, $"{Base.AbsolutePath.TrimEnd('/')}{RouterPath}?{MessageParameter}={messageId:N}&{AttemptParameter}={attempt}");
}
