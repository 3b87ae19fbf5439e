using Microsoft.AspNetCore.Http;

namespace Relais.Channels;

/// <summary>Checks and reads the webhook calls of a provider.</summary>
internal interface IWebhookProvider
{
    /// <returns>The provider's id of the account that the call is about, as the call names it; it is not verified.</returns>
    string? FindAccount(WebhookRequest request);

    /// <param name="token">A secret of the account that the provider signs with.</param>
    bool IsSigned(HttpRequest http, WebhookRequest request, string token);

    /// <param name="tenantId">The owner of the account that signed the call.</param>
    WebhookEvent Read(WebhookRequest request, Guid tenantId, DateTimeOffset now);

    /// <param name="payload">The stored parameters of an inbound message.</param>
    InboundMessage ReadMessage(IReadOnlyDictionary<string, string> payload);

    /// <param name="payload">The stored parameters of a status report.</param>
    /// <returns>The provider's error code; null when it names none.</returns>
    string? ReadErrorCode(IReadOnlyDictionary<string, string> payload);
}
