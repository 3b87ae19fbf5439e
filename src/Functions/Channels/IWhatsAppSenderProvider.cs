namespace Relais.Channels;

/// <summary>The business profile of a WhatsApp sender. In a change request, null leaves a field unchanged.</summary>
internal sealed record WhatsAppProfile
{
    public string? DisplayName { get; init; }
    public string? About { get; init; }
    public string? Address { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<string>? Websites { get; init; }
    public IReadOnlyList<string>? Emails { get; init; }
    public string? LogoUrl { get; init; }
    public string? Vertical { get; init; }
}

/// <summary>The URLs to which the provider sends a WhatsApp sender's inbound messages and status reports; null: not set.</summary>
internal sealed record WhatsAppWebhook(
    string? CallbackUrl, string? CallbackMethod, string? FallbackUrl, string? FallbackMethod, string? StatusCallbackUrl,
    string? StatusCallbackMethod);

internal sealed record WhatsAppOfflineReason(string Code, string Message);

/// <summary>The current state of a WhatsApp sender at the provider.</summary>
/// <param name="Number">In E.164.</param>
/// <param name="Status">
/// In lower case: online, offline, updating, creating, pending_verification, verifying, draft, stubbed, or a review by the provider.
/// </param>
/// <param name="Quality">In lower case: high, medium or low; null: not rated yet.</param>
internal sealed record WhatsAppSender(
    string Sid, string Number, string Status, string? Quality, string? MessagingLimit, WhatsAppProfile Profile, WhatsAppWebhook Webhook,
    IReadOnlyList<WhatsAppOfflineReason> OfflineReasons);

/// <summary>
/// Reads and changes WhatsApp senders at the provider. No method retries, and each returns a failure as a value. The provider applies a
/// change some time after it has accepted it.
/// </summary>
internal interface IWhatsAppSenderProvider
{
    /// <returns>The complete list, without sandbox senders. If one page cannot be read, the result is a failure.</returns>
    Task<ProviderResult<List<WhatsAppSender>>> ListAsync(ProviderCredentials account);

    Task<ProviderResult<WhatsAppSender>> FetchAsync(ProviderCredentials account, string sid);

    /// <returns>The sender at the time when the provider accepted the change; the change may not be visible yet.</returns>
    Task<ProviderResult<WhatsAppSender>> ChangeProfileAsync(ProviderCredentials account, string sid, WhatsAppProfile profile);

    /// <summary>Sets the webhooks of a sender. Inbound messages and status reports go to the same URL.</summary>
    Task<ProviderResult<WhatsAppSender>> ConnectAsync(ProviderCredentials account, string sid, NumberWebhooks webhooks);
}
