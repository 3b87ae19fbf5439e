using System.Text.Json.Nodes;

namespace Relais.Simulators;

/// <summary>A WhatsApp sender as messaging.twilio.com has it. Every WhatsApp address of an account but the sandbox is one.</summary>
/// <param name="SenderId">whatsapp:+15145550100</param>
/// <param name="AccountSid">whose it is</param>
public sealed record SimulatedWhatsAppSender(string SenderId, string AccountSid)
{
    internal const string Online = "ONLINE";
    internal const string Updating = "ONLINE:UPDATING";
    internal const string Creating = "CREATING";

    /// <summary>XE…</summary>
    public string Sid { get; init; } = "";

    /// <summary>ONLINE, ONLINE:UPDATING, CREATING, OFFLINE, PENDING_VERIFICATION, VERIFYING, TWILIO_REVIEW, DRAFT, STUBBED</summary>
    public string Status { get; init; } = Online;

    /// <summary>HIGH, MEDIUM, LOW; null before there is one.</summary>
    public string? QualityRating { get; init; } = "HIGH";

    public string? MessagingLimit { get; init; } = "1K Customers/24hr";

    public string WabaId { get; init; } = "100000000000001";

    /// <summary>name, about, address, description, logo_url, vertical, websites, emails, as on the wire.</summary>
    public JsonObject Profile { get; init; } = [];

    /// <summary>callback_url, callback_method, fallback_url, fallback_method, status_callback_url, status_callback_method.</summary>
    public JsonObject Webhook { get; init; } = [];

    public IReadOnlyList<OfflineReason> OfflineReasons { get; init; } = [];

    internal object Json => new Dictionary<string, object?>
    {
        ["sid"] = Sid,
        ["sender_id"] = SenderId,
        ["status"] = Status,
        ["configuration"] = new { waba_id = WabaId, verification_method = (string?)null, verification_code = (string?)null, voice_application_sid = (string?)null },
        ["webhook"] = Webhook,
        ["profile"] = Profile,
        ["properties"] = new { quality_rating = QualityRating, messaging_limit = MessagingLimit },
        ["offline_reasons"] = OfflineReasons.Count == 0 ? null : OfflineReasons.Select(reason => new { code = reason.Code, message = reason.Message, more_info = $"https://www.twilio.com/docs/errors/{reason.Code}" }),
        ["compliance"] = null,
        ["url"] = $"https://messaging.twilio.com/v2/Channels/Senders/{Sid}",
    };

    /// <summary>The sender with what an update sets; what it does not name stays.</summary>
    internal SimulatedWhatsAppSender With(JsonObject change) => this with { Profile = Merged(Profile, change["profile"]), Webhook = Merged(Webhook, change["webhook"]) };

    private static JsonObject Merged(JsonObject present, JsonNode? change)
    {
        var merged = present.DeepClone().AsObject();
        foreach (var (name, value) in change as JsonObject ?? [])
        {
            merged[name] = name is "websites" or "emails" ? Labelled(name[..^1], value) : value?.DeepClone();
        }

        return merged;
    }

    // bare texts are taken too, and given back as Twilio does
    private static JsonArray Labelled(string kind, JsonNode? given) =>
        [.. (given as JsonArray ?? []).Select(one => one is JsonObject entry
            ? entry.DeepClone()
            : new JsonObject { [kind] = one?.DeepClone(), ["label"] = kind == "email" ? "Email" : "Website" })];
}

public sealed record OfflineReason(string Code, string Message);
