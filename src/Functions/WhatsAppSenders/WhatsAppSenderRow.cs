using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.WhatsAppSenders;

/// <summary>A sender with the provider's last known state.</summary>
internal sealed class WhatsAppSenderRow
{
    public const string Missing = "missing";
    public const string Updating = "updating";

    private const string SelectSenders = """
        select s.id, s.address, s.name, s.is_sandbox, s.retired_at, w.provider_sid, w.status, w.quality, w.messaging_limit,
          w.profile::text, w.webhook::text, w.webhook_points_here, w.offline_reasons::text, w.checked_at
        from senders s
        left join whatsapp_senders w on w.sender_id = s.id
        where s.tenant_id = @TenantId and s.channel = 'whatsapp' and (@Retired or s.retired_at is null)
        """;

    private const string SelectAll = $"{SelectSenders} order by s.address, s.id";

    private const string SelectById = $"{SelectSenders} and s.id = @Id";

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

    /// <param name="tx">A transaction of the tenant.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <param name="retired">True includes retired senders.</param>
    public static Task<List<WhatsAppSenderRow>> SelectAllAsync(
        NpgsqlTransaction tx, Guid tenantId, CancellationToken ct, bool retired = false) =>
        tx.QueryAsync<WhatsAppSenderRow>(SelectAll, new { TenantId = tenantId, Retired = retired }, ct);

    /// <param name="tx">A transaction of the tenant.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="id">The sender's id.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <param name="retired">True also finds a retired sender.</param>
    public static Task<WhatsAppSenderRow?> FindAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid id, CancellationToken ct, bool retired = false) =>
        tx.QueryOneAsync<WhatsAppSenderRow>(SelectById, new { TenantId = tenantId, Id = id, Retired = retired }, ct);

    public WhatsAppSenderView ToView() => new(
        Id, Address, Name, IsSandbox, RetiredAt is not null ? "retired" : IsSandbox ? "sandbox" : Status ?? "unknown",
        Quality, MessagingLimit,
        Profile is null ? null : Json.Read<WhatsAppProfile>(Profile),
        Webhook is not null && WebhookPointsHere is { } pointsHere
            ? ToWebhookView(Json.Read<WhatsAppWebhook>(Webhook), pointsHere)
            : null,
        OfflineReasons is null ? [] : Json.Read<List<WhatsAppOfflineReason>>(OfflineReasons), CheckedAt, RetiredAt);

    private static SenderWebhookView ToWebhookView(WhatsAppWebhook webhook, bool pointsHere) =>
        new(webhook.CallbackUrl, webhook.FallbackUrl, webhook.StatusCallbackUrl, pointsHere);
}
