using System.Text.Json.Serialization;

namespace Relais.Numbers.Inventory;

/// <param name="SmsUrl">The URL that was read back from the provider.</param>
internal sealed record ConfigureResult(
    bool Success,
    [property: JsonPropertyName("phone_number")] string Number,
    [property: JsonPropertyName("sms_url")] string SmsUrl,
    string Message);
