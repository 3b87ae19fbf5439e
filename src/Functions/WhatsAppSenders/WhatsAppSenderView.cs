using System.ComponentModel.DataAnnotations;
using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.WhatsAppSenders;

/// <param name="PointsHere">Messages and reports come to this installation, and to its fallback when it is away.</param>
internal sealed record SenderWebhookView(string? CallbackUrl, string? FallbackUrl, string? StatusCallbackUrl, bool PointsHere);

/// <summary>A WhatsApp sender as the provider had it when last asked.</summary>
/// <param name="Id">The sender's own id.</param>
/// <param name="Status">unknown: not asked yet; missing: the account has it no more; updating: a change is on its way; retired: it sends no more.</param>
/// <param name="CheckedAt">Null: not asked yet; a sandbox never is.</param>
internal sealed record WhatsAppSenderView(
    Guid Id, string Address, string Name, bool Sandbox,
    [property: AllowedValues("online", "offline", "updating", "creating", "pending_verification", "verifying", "twilio_review", "draft", "stubbed", "missing", "sandbox", "retired", "unknown")] string Status,
    [property: AllowedValues("high", "medium", "low", "unknown", null)] string? Quality, string? MessagingLimit, WhatsAppProfile? Profile, SenderWebhookView? Webhook,
    IReadOnlyList<WhatsAppOfflineReason> OfflineReasons, DateTimeOffset? CheckedAt, DateTimeOffset? RetiredAt);

internal sealed class WhatsAppSenderRow
{
    public const string Missing = "missing";
    public const string Updating = "updating";

    private const string SelectSenders = """
        select s.id, s.address, s.name, s.is_sandbox, s.retired_at, w.provider_sid, w.status, w.quality, w.messaging_limit, w.profile::text, w.webhook::text, w.webhook_points_here,
          w.offline_reasons::text, w.checked_at
        from senders s
        left join whatsapp_senders w on w.sender_id = s.id
        where s.tenant_id = @TenantId and s.channel = 'whatsapp' and (@Retired or s.retired_at is null)
        """;

    private const string SelectAll = $"{SelectSenders} order by s.address, s.id";

    private const string SelectOne = $"{SelectSenders} and s.id = @Id";

    public required Guid Id { get; init; }
    public required string Address { get; init; }
    public required string Name { get; init; }
    public required bool IsSandbox { get; init; }
    public DateTime? RetiredAt { get; init; }
    public string? ProviderSid { get; init; }
    public string? Status { get; init; }
    public string? Quality { get; init; }
    public string? MessagingLimit { get; init; }
    public string? Profile { get; init; }
    public string? Webhook { get; init; }
    public bool? WebhookPointsHere { get; init; }
    public string? OfflineReasons { get; init; }
    public DateTime? CheckedAt { get; init; }

    public static Task<List<WhatsAppSenderRow>> AllAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct, bool retired = false) =>
        tx.QueryAsync<WhatsAppSenderRow>(SelectAll, new { TenantId = tenantId, Retired = retired }, ct);

    /// <param name="retired">Also one that sends no more.</param>
    public static Task<WhatsAppSenderRow?> FindAsync(NpgsqlTransaction tx, Guid tenantId, Guid id, CancellationToken ct, bool retired = false) =>
        tx.QueryOneAsync<WhatsAppSenderRow>(SelectOne, new { TenantId = tenantId, Id = id, Retired = retired }, ct);

    public WhatsAppSenderView ToView() => new(
        Id, Address, Name, IsSandbox, RetiredAt is not null ? "retired" : IsSandbox ? "sandbox" : Status ?? "unknown", Quality, MessagingLimit,
        Profile is null ? null : Json.Read<WhatsAppProfile>(Profile),
        Webhook is not null && WebhookPointsHere is { } ours ? ToWebhookView(Json.Read<WhatsAppWebhook>(Webhook), ours) : null,
        OfflineReasons is null ? [] : Json.Read<List<WhatsAppOfflineReason>>(OfflineReasons), CheckedAt, RetiredAt);

    private static SenderWebhookView ToWebhookView(WhatsAppWebhook webhook, bool ours) => new(webhook.CallbackUrl, webhook.FallbackUrl, webhook.StatusCallbackUrl, ours);
}
