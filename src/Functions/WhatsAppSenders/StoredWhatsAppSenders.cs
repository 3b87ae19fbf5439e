using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.WhatsAppSenders;

/// <summary>
/// Stores the provider's state of the senders. Webhook URLs of other systems may contain secrets, so they are stored without query string
/// and user info.
/// </summary>
internal static class StoredWhatsAppSenders
{
    private const string UpsertSender = """
        insert into whatsapp_senders (
          sender_id, tenant_id, provider_sid, status, quality, messaging_limit, profile, webhook, webhook_points_here,
          offline_reasons, checked_at)
        values (
          @SenderId, @TenantId, @Sid, @Status, @Quality, @MessagingLimit, @Profile::jsonb, @Webhook::jsonb, @PointsHere,
          @OfflineReasons::jsonb, @Now)
        on conflict (sender_id) do update
        set provider_sid = excluded.provider_sid, status = excluded.status, quality = excluded.quality,
          messaging_limit = excluded.messaging_limit, profile = excluded.profile, webhook = excluded.webhook,
          webhook_points_here = excluded.webhook_points_here, offline_reasons = excluded.offline_reasons, checked_at = excluded.checked_at
        """;

    private const string MarkMissing = """
        update whatsapp_senders w set status = 'missing', checked_at = @Now
        from senders s
        where w.tenant_id = @TenantId and w.sender_id <> all (@Seen)
          and s.id = w.sender_id and s.account_id = @AccountId and s.retired_at is null
        returning w.sender_id as id, w.provider_sid as sid
        """;

    /// <summary>A sender that the provider's list no longer contains.</summary>
    internal sealed record MissingSender
    {
        public required Guid Id { get; init; }
        public required string Sid { get; init; }
    }

    public static Task UpdateFromProviderAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid senderId, WhatsAppSender sender, RouterUrls targets, DateTimeOffset now,
        CancellationToken ct) =>
        tx.ExecuteAsync(UpsertSender, new
        {
            SenderId = senderId,
            TenantId = tenantId,
            sender.Sid,
            sender.Status,
            sender.Quality,
            sender.MessagingLimit,
            Profile = Json.Write(sender.Profile),
            Webhook = Json.Write(SenderWebhooks.WithoutSecrets(sender.Webhook)),
            PointsHere = SenderWebhooks.PointHere(sender.Webhook, targets),
            OfflineReasons = Json.Write(sender.OfflineReasons),
            Now = now.UtcDateTime,
        }, ct);

    /// <summary>Marks the active senders of the account that the provider did not list.</summary>
    /// <param name="tx">A transaction of the tenant.</param>
    /// <param name="account">The tenant's provider account.</param>
    /// <param name="seen">Ids of the senders that the provider listed.</param>
    /// <param name="now">The time of the check.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <returns>The senders that were marked.</returns>
    public static Task<List<MissingSender>> MarkMissingAsync(
        NpgsqlTransaction tx, TenantAccount account, IEnumerable<Guid> seen, DateTimeOffset now, CancellationToken ct) =>
        tx.QueryAsync<MissingSender>(
            MarkMissing,
            new { account.TenantId, AccountId = account.Id, Seen = seen.ToArray(), Now = now.UtcDateTime },
            ct);
}
