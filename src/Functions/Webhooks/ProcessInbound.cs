using System.Globalization;
using System.Text.Json;
using Npgsql;
using Relais.Campaigns.FollowUp;
using Relais.Channels.Twilio;
using Relais.Consent;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>The effect of one stored inbound message, once: contact, message row, consent keyword or campaign reply. One transaction.</summary>
internal sealed class ProcessInbound(SystemDb db, WorkQueues queues, AddressHash hash, TimeProvider time)
{
    private const string CountAttempt = """
        update webhook_events set attempts = attempts + 1 where id = @EventId and state = 'pending' returning id
        """;

    private const string TakeEvent = """
        select id, tenant_id, sid, payload::text as payload, received_at from webhook_events
        where id = @EventId and state = 'pending' for update skip locked
        """;

    private const string FindSender = """
        select s.id from senders s
        join provider_accounts a on a.id = s.account_id
        where s.tenant_id = @TenantId and s.channel = @Channel and s.address = any(@Addresses) and a.account_sid = @AccountSid
        order by s.address = @Address desc
        limit 1
        """;

    private const string InsertMessage = """
        insert into messages (id, tenant_id, sender_id, stream_id, direction, lane, marketing, channel, contact_id, contact_address, body, media, units,
          status, due_at, provider_sid, created_at, ended_at)
        values (@Id, @TenantId, @SenderId, @SenderId, 'in', 0, false, @Channel, @ContactId, @Address, @Body, @Media::jsonb, @Units,
          'received', @At, @Sid, @At, @At)
        on conflict (provider_sid) where provider_sid is not null do nothing
        returning id
        """;

    private const string Finish = """
        update webhook_events set state = 'done' where id = @EventId
        """;

    // it did not fail: its tries begin anew when its sender is there
    private const string Shelve = """
        update webhook_events set state = 'unrouted', attempts = 0 where id = @EventId
        """;

    public async Task RunAsync(Guid eventId, CancellationToken ct)
    {
        await db.RunAsync(tx => tx.QueryOneAsync<Guid?>(CountAttempt, new { EventId = eventId }, ct), ct);
        var wake = await db.RunAsync(async tx =>
        {
            var row = await tx.QueryOneAsync<EventRow>(TakeEvent, new { EventId = eventId }, ct);
            if (row is null)
            {
                return null;
            }

            var sender = await ApplyAsync(tx, row, ct);
            await tx.ExecuteAsync(sender is null ? Shelve : Finish, new { EventId = eventId }, ct);
            return sender;
        }, ct);
        if (wake is { HasWork: true } sender)
        {
            await queues.SendAsync(QueueNames.WakeSender, sender.SenderId, null, ct);
        }
    }

    private async Task<Applied?> ApplyAsync(NpgsqlTransaction tx, EventRow row, CancellationToken ct)
    {
        var fields = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Payload)!;
        var (channel, ourAddress) = TwilioAddress.Parse(fields.GetValueOrDefault("To", ""));
        if (await FindSenderAsync(tx, row.TenantId, channel, ourAddress, fields.GetValueOrDefault("AccountSid"), ct) is not { } senderId)
        {
            return null;
        }

        var from = TwilioAddress.Parse(fields.GetValueOrDefault("From", "")).Address;
        var text = fields.GetValueOrDefault("Body", "");
        var at = new DateTimeOffset(row.ReceivedAt);
        var contactId = await KnowContact.RunAsync(tx, hash, row.TenantId, from, fields.GetValueOrDefault("ProfileName"), UserId(fields), time.GetUtcNow(), ct);
        var messageId = await tx.QueryOneAsync<Guid?>(InsertMessage, new
        {
            Id = Guid.CreateVersion7(at),
            row.TenantId,
            SenderId = senderId,
            Channel = channel,
            ContactId = contactId,
            Address = from,
            Body = text,
            Media = InboundMedia.Read(fields),
            Units = Segments(fields),
            At = row.ReceivedAt,
            row.Sid,
        }, ct);
        return messageId is null
            ? new Applied(senderId, HasWork: false)
            : new Applied(senderId, await EffectAsync(tx, row, senderId, contactId, channel, from, text, messageId.Value, at, ct));
    }

    private static async Task<Guid?> FindSenderAsync(NpgsqlTransaction tx, Guid tenantId, string channel, string address, string? accountSid, CancellationToken ct)
    {
        var parameters = new { TenantId = tenantId, Channel = channel, Address = address, Addresses = AddressKey.Spellings(address), AccountSid = accountSid };
        if (await tx.QueryOneAsync<Guid?>(FindSender, parameters, ct) is { } known)
        {
            return known;
        }

        // one that is being made at this moment either is seen now, or sees what is unrouted
        await UnroutedMessages.HoldAsync(tx, tenantId, ct);
        return await tx.QueryOneAsync<Guid?>(FindSender, parameters, ct);
    }

    private static string? UserId(Dictionary<string, string> fields) =>
        fields.GetValueOrDefault("ExternalUserId") is { Length: > 0 } id ? TwilioAddress.Parse(id).Address : null;

    private static int Segments(Dictionary<string, string> fields) =>
        int.TryParse(fields.GetValueOrDefault("NumSegments"), NumberStyles.None, CultureInfo.InvariantCulture, out var segments) ? Math.Clamp(segments, 1, 100) : 1;

    /// <returns>Whether the sender has something to send now.</returns>
    private static async Task<bool> EffectAsync(
        NpgsqlTransaction tx, EventRow row, Guid senderId, Guid contactId, string channel, string from, string text, Guid messageId, DateTimeOffset at, CancellationToken ct)
    {
        switch (Keywords.Parse(text))
        {
            case Keyword.Stop:
                await RecordConsent.OptOutAsync(tx, row.TenantId, channel, from, contactId, "keyword", text, messageId, at, ct);
                await CountOptOut.RunAsync(tx, row.TenantId, senderId, contactId, at, ct);
                return false;
            case Keyword.Start:
                await RecordConsent.OptInAsync(tx, row.TenantId, channel, from, contactId, "keyword", text, messageId, at, ct);
                return false;
            case Keyword.None:
                return await RecordReply.RunAsync(tx, row.TenantId, senderId, contactId, text, at, ct);
            default:
                return false;
        }
    }

    private sealed record Applied(Guid SenderId, bool HasWork);

    private sealed record EventRow
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string Sid { get; init; }
        public required string Payload { get; init; }
        public required DateTime ReceivedAt { get; init; }
    }
}
