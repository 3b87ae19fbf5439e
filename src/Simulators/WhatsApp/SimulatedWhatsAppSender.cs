using System.Text.Json.Nodes;

namespace Relais.Simulators;

/// <summary>A WhatsApp sender of messaging.twilio.com: every WhatsApp address of an account, except the sandbox.</summary>
/// <param name="SenderId">whatsapp:+15145550100</param>
/// <param name="AccountSid">account that owns the sender</param>
public sealed record SimulatedWhatsAppSender(string SenderId, string AccountSid)
{
    internal const string Online = "ONLINE";
    internal const string Updating = "ONLINE:UPDATING";
    internal const string Creating = "CREATING";

    /// <summary>XE…</summary>
    public string Sid { get; init; } = "";

    /// <summary>ONLINE, ONLINE:UPDATING, CREATING, OFFLINE, PENDING_VERIFICATION, VERIFYING, TWILIO_REVIEW, DRAFT, STUBBED</summary>
    public string Status { get; init; } = Online;

    /// <summary>HIGH, MEDIUM or LOW; null: not rated yet</summary>
    public string? QualityRating { get; init; } = "HIGH";

    public string? MessagingLimit { get; init; } = "1K Customers/24hr";

    public string WabaId { get; init; } = "100000000000001";

    /// <summary>name, about, address, description, logo_url, vertical, websites, emails, as in the JSON of the API</summary>
    public JsonObject Profile { get; init; } = [];

    /// <summary>callback_url, callback_method, fallback_url, fallback_method, status_callback_url, status_callback_method</summary>
    public JsonObject Webhook { get; init; } = [];

    public IReadOnlyList<OfflineReason> OfflineReasons { get; init; } = [];

    internal object Json => new Dictionary<string, object?>
    {
        ["sid"] = Sid,
        ["sender_id"] = SenderId,
        ["status"] = Status,
        ["configuration"] = new
        {
            waba_id = WabaId,
            verification_method = (string?)null,
            verification_code = (string?)null,
            voice_application_sid = (string?)null,
        },
        ["webhook"] = Webhook,
        ["profile"] = Profile,
        ["properties"] = new { quality_rating = QualityRating, messaging_limit = MessagingLimit },
        ["offline_reasons"] = OfflineReasons.Count == 0 ? null : OfflineReasons.Select(reason => new
        {
            code = reason.Code,
            message = reason.Message,
            more_info = $"https://www.twilio.com/docs/errors/{reason.Code}",
        }),
        ["compliance"] = null,
        ["url"] = $"https://messaging.twilio.com/v2/Channels/Senders/{Sid}",
    };

    /// <summary>Returns the sender with the fields that the change sets. Other fields stay.</summary>
    internal SimulatedWhatsAppSender With(JsonObject change) =>
        this with { Profile = Merge(Profile, change["profile"]), Webhook = Merge(Webhook, change["webhook"]) };

    private static JsonObject Merge(JsonObject present, JsonNode? change)
    {
        var merged = present.DeepClone().AsObject();
        foreach (var (name, value) in change as JsonObject ?? [])
        {
            merged[name] = name is "websites" or "emails" ? WithLabels(name[..^1], value) : value?.DeepClone();
        }

        return merged;
    }

    // Twilio accepts entries that are plain texts and returns them as objects with a label.
    private static JsonArray WithLabels(string kind, JsonNode? entries) =>
        [.. (entries as JsonArray ?? []).Select(entry => entry is JsonObject labelled
            ? labelled.DeepClone()
            : new JsonObject { [kind] = entry?.DeepClone(), ["label"] = kind == "email" ? "Email" : "Website" })];
}

/// <summary>An error code and text that say why a sender is offline.</summary>
public sealed record OfflineReason(string Code, string Message);
