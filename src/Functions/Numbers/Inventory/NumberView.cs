using Relais.Channels;
using Relais.Numbers.Offers;

namespace Relais.Numbers.Inventory;

/// <summary>A number as the API shows it.</summary>
/// <param name="Source">purchase (bought here) or account (found in the account).</param>
/// <param name="State">active, releasing or released.</param>
/// <param name="Managed">Its webhooks are ours to set and to repair.</param>
/// <param name="SenderId">The sender of its messages; null: not connected.</param>
internal sealed record NumberView(
    Guid Id, string PhoneNumber, string Sid, string FriendlyName, string? Country, string? Type, CapabilitiesView Capabilities, string Source, string State, bool Managed,
    Guid? SenderId, NumberWebhookView Webhook, DateTimeOffset CreatedAt, DateTimeOffset? ReleasedAt);

/// <param name="Expected">Where messages must go.</param>
/// <param name="Found">Where they went when last looked at; query strings are left out.</param>
/// <param name="Drifted">A managed number whose messages do not reach us, or not when the first app is away, or whose reports on calls do not.</param>
internal sealed record NumberWebhookView(WebhookPair Expected, WebhookPair Found, string? FoundApplicationSid, bool Drifted, DateTimeOffset? CheckedAt);

internal sealed record WebhookPair(string? SmsUrl, string? SmsFallbackUrl, string? StatusCallback);

internal sealed record NumberRow
{
    public const string Columns = """
        id, account_id, number, provider_sid, friendly_name, country, number_type, capabilities, source, state, managed, sender_id, sms_url, sms_fallback_url,
        status_callback, sms_application_sid, drifted, checked_at, created_at, released_at
        """;

    public required Guid Id { get; init; }
    public Guid? AccountId { get; init; }
    public required string Number { get; init; }
    public required string ProviderSid { get; init; }
    public required string FriendlyName { get; init; }
    public string? Country { get; init; }
    public string? NumberType { get; init; }
    public required string[] Capabilities { get; init; }
    public required string Source { get; init; }
    public required string State { get; init; }
    public required bool Managed { get; init; }
    public Guid? SenderId { get; init; }
    public string? SmsUrl { get; init; }
    public string? SmsFallbackUrl { get; init; }
    public string? StatusCallback { get; init; }
    public string? SmsApplicationSid { get; init; }
    public required bool Drifted { get; init; }
    public DateTime? CheckedAt { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? ReleasedAt { get; init; }

    public NumberView ToView(RouterUrls targets) => new(
        Id, Number, ProviderSid, FriendlyName, Country, NumberType, CapabilitiesView.Of(Channels.NumberCapabilities.FromNames(Capabilities)), Source, State, Managed, SenderId,
        new NumberWebhookView(
            // any of our routers will do
            new WebhookPair(
                targets.IsRouter(SmsUrl) ? SmsUrl : targets.Expected.SmsUrl.ToString(), targets.Expected.SmsFallbackUrl.ToString(), targets.Expected.StatusCallback.ToString()),
            new WebhookPair(SmsUrl, SmsFallbackUrl, StatusCallback), SmsApplicationSid, Drifted, CheckedAt),
        CreatedAt, ReleasedAt);
}
