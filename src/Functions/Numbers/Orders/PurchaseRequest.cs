using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Relais.Accounts;
using Relais.Platform;

namespace Relais.Numbers.Orders;

/// <summary>A number to be bought. The token (or the header Idempotency-Key) makes the request repeatable.</summary>
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

    // the token stays out of anything that prints the record
    public override string ToString() => "purchase";

    /// <param name="headerToken">What Idempotency-Key says.</param>
    public Failure? Validate(string? headerToken) => new Faults()
        .CheckCredentials(AccountSid, AuthToken)
        .CheckPhoneNumber(Number)
        .Check("address_sid", AddressSid is null || RequestFormats.IsSid(AddressSid, "AD"), "must be AD and 32 hexadecimal digits")
        .Check("bundle_sid", BundleSid is null || RequestFormats.IsSid(BundleSid, "BU"), "must be BU and 32 hexadecimal digits")
        .Check("request_token", RequestToken is null || RequestFormats.IsRequestToken(RequestToken), "must be 1 to 200 printable characters without spaces")
        .Check("Idempotency-Key", headerToken is null || RequestFormats.IsRequestToken(headerToken), "must be 1 to 200 printable characters without spaces")
        .Check("request_token", RequestToken is null || headerToken is null || RequestToken == headerToken, "must be the same as the header Idempotency-Key")
        .Failure;
}

/// <summary>A number that is ours and works.</summary>
internal sealed record PurchaseResponse(
    bool Success, [property: JsonPropertyName("phone_number")] string Number, string? Sid, [property: JsonPropertyName("friendly_name")] string? FriendlyName);

/// <summary>Still under way.</summary>
/// <param name="Failure">Why it is being undone.</param>
internal sealed record PendingOrder(Guid OrderId, string Status, OrderFailure? Failure);
