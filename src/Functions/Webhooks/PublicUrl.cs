namespace Relais.Webhooks;

/// <summary>The address under which providers reach this app. Setting: Webhooks:PublicUrl.</summary>
internal sealed class PublicUrl(Uri baseUrl)
{
    public const string MessageParameter = "m";
    public const string AttemptParameter = "a";

    public Uri Base { get; } = baseUrl;

    public Uri StatusCallback(Guid messageId, int attempt) =>
        new(Base, $"{Base.AbsolutePath.TrimEnd('/')}/api/webhook-router?{MessageParameter}={messageId:N}&{AttemptParameter}={attempt}");
}
