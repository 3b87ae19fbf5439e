using Relais.Channels;
using Relais.Numbers.Offers;

namespace Relais.Numbers.Inventory;

internal sealed record NumberRow
{
    public const string Columns = """
        id, account_id, number, provider_sid, friendly_name, country, number_type, capabilities, source, state, managed, sender_id,
        sms_url, sms_fallback_url, status_callback, sms_application_sid, drifted, checked_at, created_at, released_at
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

    public NumberView ToView(RouterUrls routerUrls) => new(
        Id, Number, ProviderSid, FriendlyName, Country, NumberType,
        CapabilitiesView.From(Channels.NumberCapabilities.FromNames(Capabilities)),
        Source, State, Managed, SenderId,
        new NumberWebhookView(
            ExpectedWebhooks(routerUrls), new WebhookPair(SmsUrl, SmsFallbackUrl, StatusCallback), SmsApplicationSid, Drifted, CheckedAt),
        CreatedAt, ReleasedAt);

    // Messages may arrive at any router URL of this installation, so a number that has one of them keeps it.
    private WebhookPair ExpectedWebhooks(RouterUrls routerUrls) => new(
        routerUrls.IsRouter(SmsUrl) ? SmsUrl : routerUrls.Expected.SmsUrl.ToString(),
        routerUrls.Expected.SmsFallbackUrl.ToString(),
        routerUrls.Expected.StatusCallback.ToString());
}
