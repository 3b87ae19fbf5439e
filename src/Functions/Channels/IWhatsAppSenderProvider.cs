namespace Relais.Channels;

/// <summary>The business profile of a WhatsApp sender. In a change, null leaves a part as it is.</summary>
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

/// <summary>Where a WhatsApp sender's messages and reports go.</summary>
internal sealed record WhatsAppWebhook(string? CallbackUrl, string? CallbackMethod, string? FallbackUrl, string? FallbackMethod, string? StatusCallbackUrl, string? StatusCallbackMethod);

internal sealed record WhatsAppOfflineReason(string Code, string Message);

/// <summary>A WhatsApp sender as the provider has it now.</summary>
/// <param name="Number">E.164.</param>
/// <param name="Status">In lower case: online, offline, updating, creating, pending_verification, verifying, twilio_review, draft, stubbed.</param>
/// <param name="Quality">In lower case: high, medium, low; null before there is one.</param>
internal sealed record WhatsAppSender(
    string Sid, string Number, string Status, string? Quality, string? MessagingLimit, WhatsAppProfile Profile, WhatsAppWebhook Webhook,
    IReadOnlyList<WhatsAppOfflineReason> OfflineReasons);

/// <summary>The edge to WhatsApp senders: one call each, never a retry, every failure as a value. A change takes effect later.</summary>
internal interface IWhatsAppSenderProvider
{
    /// <returns>A complete list, without sandboxes.</returns>
    Task<ProviderResult<List<WhatsAppSender>>> ListAsync(ProviderAccount account);

    Task<ProviderResult<WhatsAppSender>> FetchAsync(ProviderAccount account, string sid);

    /// <returns>The sender as it was when the change was accepted.</returns>
    Task<ProviderResult<WhatsAppSender>> ChangeProfileAsync(ProviderAccount account, string sid, WhatsAppProfile profile);

    /// <param name="webhooks">Inbound messages, and reports, which go to the same address.</param>
    Task<ProviderResult<WhatsAppSender>> ConnectAsync(ProviderAccount account, string sid, NumberWebhooks webhooks);
}
