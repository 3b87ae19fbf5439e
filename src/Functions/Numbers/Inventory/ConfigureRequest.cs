using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Numbers.Inventory;

/// <summary>Names a number of the account whose webhooks shall point to this installation.</summary>
internal sealed record ConfigureRequest
{
    [JsonPropertyName("account_sid")]
    public string? AccountSid { get; init => field = RequestFormats.NullIfEmpty(value); }

    [JsonPropertyName("auth_token")]
    public string? AuthToken { get; init => field = RequestFormats.NullIfEmpty(value); }

    [Required]
    [JsonPropertyName("phone_number")]
    public string? Number { get; init => field = RequestFormats.NullIfEmpty(value); }

    /// <summary>One of this installation's own webhook addresses; null: the first of them.</summary>
    [JsonPropertyName("webhook_url")]
    public string? WebhookUrl { get; init => field = RequestFormats.NullIfEmpty(value); }

    // Overridden so that logs of the record do not contain the auth token.
    public override string ToString() => "connection";

    public Failure? Validate(RouterUrls routerUrls) => new FaultList()
        .CheckCredentials(AccountSid, AuthToken)
        .CheckPhoneNumber(Number)
        .Check("webhook_url", WebhookUrl is null || IsHttps(WebhookUrl), "must be an absolute https address")
        .Check(
            "webhook_url",
            WebhookUrl is null || routerUrls.IsRouter(WebhookUrl),
            $"must be an address of this installation, such as {routerUrls.Expected.SmsUrl}")
        .Failure;

    // A local test system has no certificate: plain http is accepted on the loopback interface.
    private static bool IsHttps(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}
