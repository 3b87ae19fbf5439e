using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Relais.Accounts;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Numbers.Orders;

/// <summary>A number to be bought. request_token, or the header Idempotency-Key, makes it safe to retry the request.</summary>
internal sealed record PurchaseRequest
{
    [JsonPropertyName("account_sid")]
    public string? AccountSid { get; init => field = RequestFormats.NullIfEmpty(value); }

    [JsonPropertyName("auth_token")]
    public string? AuthToken { get; init => field = RequestFormats.NullIfEmpty(value); }

    [Required]
    [JsonPropertyName("phone_number")]
    public string? Number { get; init => field = RequestFormats.NullIfEmpty(value); }

    [JsonPropertyName("address_sid")]
    public string? AddressSid { get; init => field = RequestFormats.NullIfEmpty(value); }

    [JsonPropertyName("bundle_sid")]
    public string? BundleSid { get; init => field = RequestFormats.NullIfEmpty(value); }

    [JsonPropertyName("request_token")]
    public string? RequestToken { get; init => field = RequestFormats.NullIfEmpty(value); }

    // Overridden so that logs of the record do not contain the auth token.
    public override string ToString() => "purchase";

    /// <param name="headerKey">The value of the header Idempotency-Key; null: the request has none.</param>
    public Failure? Validate(string? headerKey) => new FaultList()
        .CheckCredentials(AccountSid, AuthToken)
        .CheckPhoneNumber(Number)
        .Check("address_sid", AddressSid is null || RequestFormats.IsSid(AddressSid, "AD"), "must be AD and 32 hexadecimal digits")
        .Check("bundle_sid", BundleSid is null || RequestFormats.IsSid(BundleSid, "BU"), "must be BU and 32 hexadecimal digits")
        .Check("request_token", RequestToken is null || IdempotencyKey.IsValid(RequestToken), IdempotencyKey.FormatFault)
        .Check(
            "request_token",
            RequestToken is null || headerKey is null || RequestToken == headerKey,
            "must be the same as the header Idempotency-Key")
        .Failure;
}
