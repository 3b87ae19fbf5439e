using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Accounts;

namespace Relais.WhatsAppSenders;

/// <summary>What the provider last said about senders; of webhooks only what people may read, for others write secrets into theirs.</summary>
internal static class StoredWhatsAppSenders
{
    private const string UpsertSender = """
        insert into whatsapp_senders (sender_id, tenant_id, provider_sid, status, quality, messaging_limit, profile, webhook, webhook_points_here, offline_reasons, checked_at)
        values (@SenderId, @TenantId, @Sid, @Status, @Quality, @MessagingLimit, @Profile::jsonb, @Webhook::jsonb, @Ours, @OfflineReasons::jsonb, @Now)
        on conflict (sender_id) do update
        set provider_sid = excluded.provider_sid, status = excluded.status, quality = excluded.quality, messaging_limit = excluded.messaging_limit,
          profile = excluded.profile, webhook = excluded.webhook, webhook_points_here = excluded.webhook_points_here, offline_reasons = excluded.offline_reasons, checked_at = excluded.checked_at
        """;

    private const string MarkMissing = """
        update whatsapp_senders w set status = 'missing', checked_at = @Now
        from senders s
        where w.tenant_id = @TenantId and w.sender_id <> all (@Seen) and s.id = w.sender_id and s.account_id = @AccountId and s.retired_at is null
        returning w.sender_id as id, w.provider_sid as sid
        """;

    internal sealed record MissingSender
    {
        public required Guid Id { get; init; }
        public required string Sid { get; init; }
    }

    public static Task UpdateFromProviderAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid senderId, WhatsAppSender sender, RouterUrls targets, DateTimeOffset now, CancellationToken ct) =>
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
            Ours = SenderWebhooks.PointHere(sender.Webhook, targets),
            OfflineReasons = Json.Write(sender.OfflineReasons),
            Now = now.UtcDateTime,
        }, ct);

    /// <param name="seen">Those that the account has.</param>
    /// <returns>Those that it seems to have no more.</returns>
    public static Task<List<MissingSender>> MarkMissingAsync(NpgsqlTransaction tx, TenantAccount account, IEnumerable<Guid> seen, DateTimeOffset now, CancellationToken ct) =>
        tx.QueryAsync<MissingSender>(MarkMissing, new { account.TenantId, AccountId = account.Id, Seen = seen.ToArray(), Now = now.UtcDateTime }, ct);
}
