using Relais.Numbers.Offers;

namespace Relais.Numbers.Inventory;

/// <summary>A number as the API shows it.</summary>
/// <param name="Source">purchase (bought here) or account (found in the account).</param>
/// <param name="State">active, releasing or released.</param>
/// <param name="Managed">Relais connected the number and therefore repairs its webhooks.</param>
/// <param name="SenderId">The sender that was made of the number; null: the number was never connected.</param>
internal sealed record NumberView(
    Guid Id, string PhoneNumber, string Sid, string FriendlyName, string? Country, string? Type, CapabilitiesView Capabilities,
    string Source, string State, bool Managed, Guid? SenderId, NumberWebhookView Webhook, DateTimeOffset CreatedAt,
    DateTimeOffset? ReleasedAt);

/// <param name="Expected">The URLs that the number must have.</param>
/// <param name="Found">The URLs that the number had at the last check, without query strings and user info.</param>
/// <param name="Drifted">A managed number whose messages, fallback calls or call reports do not reach this installation.</param>
internal sealed record NumberWebhookView(
    WebhookPair Expected, WebhookPair Found, string? FoundApplicationSid, bool Drifted, DateTimeOffset? CheckedAt);

internal sealed record WebhookPair(string? SmsUrl, string? SmsFallbackUrl, string? StatusCallback);
