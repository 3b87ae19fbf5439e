namespace Relais.Webhooks;

/// <summary>The address under which providers reach this app. Setting: Webhooks:PublicUrl.</summary>
internal sealed class PublicUrl(Uri baseUrl)
{
    public const string MessageParameter = "m";
    public const string AttemptParameter = "a";

    // by default Twilio repeats a callback once, and only when the connection fails; all tries fit in fifteen seconds
    private const string Persistence = "rc=5&rp=5xx,ct,rt&ct=2000";

    public Uri Base { get; } = baseUrl;

    public Uri StatusCallback(Guid messageId, int attempt) =>
        new(Base, $"{Base.AbsolutePath.TrimEnd('/')}/api/webhook-router?{MessageParameter}={messageId:N}&{AttemptParameter}={attempt}#{Persistence}");
}
