using Microsoft.AspNetCore.Http;

namespace Relais.Channels;

/// <summary>Checks the signatures of a provider's webhook calls, and reads their parameters.</summary>
internal interface IWebhookProvider
{
    /// <returns>The provider's id of the account that the call names, not verified; null: the call names none.</returns>
    string? ReadAccountSid(WebhookRequest request);

    /// <param name="token">An auth token of the account; the provider signs its calls with it.</param>
    bool IsSigned(HttpRequest http, WebhookRequest request, string token);

    /// <summary>Reads a call whose signature is verified.</summary>
    /// <param name="tenantId">The tenant that owns the account.</param>
    WebhookEvent ReadEvent(WebhookRequest request, Guid tenantId, DateTimeOffset now);

    /// <param name="payload">The stored parameters of an inbound message.</param>
    InboundMessage ReadInboundMessage(IReadOnlyDictionary<string, string> payload);

    /// <param name="payload">The stored parameters of a status report.</param>
    /// <returns>The provider's error code; null: the report has none.</returns>
    string? ReadErrorCode(IReadOnlyDictionary<string, string> payload);
}
