using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Telephony.WhatsApp;

/// <summary>What the provider last said about senders.</summary>
internal static class StoredSenders
{
    private const string Upsert = """
        insert into whatsapp_senders (sender_id, tenant_id, provider_sid, status, quality, messaging_limit, profile, webhook, offline_reasons, checked_at)
        values (@SenderId, @TenantId, @Sid, @Status, @Quality, @MessagingLimit, @Profile::jsonb, @Webhook::jsonb, @OfflineReasons::jsonb, @Now)
        on conflict (sender_id) do update
        set provider_sid = excluded.provider_sid, status = excluded.status, quality = excluded.quality, messaging_limit = excluded.messaging_limit,
          profile = excluded.profile, webhook = excluded.webhook, offline_reasons = excluded.offline_reasons, checked_at = excluded.checked_at
        """;

    private const string MarkMissing = """
        update whatsapp_senders set status = 'missing', checked_at = @Now where tenant_id = @TenantId and sender_id <> all (@Seen)
        """;

    public static Task KeepAsync(NpgsqlTransaction tx, Guid tenantId, Guid senderId, WhatsAppSender sender, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(Upsert, new
        {
            SenderId = senderId,
            TenantId = tenantId,
            sender.Sid,
            sender.Status,
            sender.Quality,
            sender.MessagingLimit,
            Profile = Json.Write(sender.Profile),
            Webhook = Json.Write(sender.Webhook),
            OfflineReasons = Json.Write(sender.OfflineReasons),
            Now = now.UtcDateTime,
        }, ct);

    /// <param name="seen">Those that the account has.</param>
    public static Task MissAsync(NpgsqlTransaction tx, Guid tenantId, IEnumerable<Guid> seen, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(MarkMissing, new { TenantId = tenantId, Seen = seen.ToArray(), Now = now.UtcDateTime }, ct);
}
