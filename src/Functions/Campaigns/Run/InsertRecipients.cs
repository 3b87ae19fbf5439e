using Npgsql;
using Relais.Platform.Database;

namespace Relais.Campaigns.Run;

/// <summary>Inserts a page of recipients with their messages, and counts the inserted recipients.</summary>
internal static class InsertRecipients
{
    private const string InsertRows = """
        insert into campaign_recipients (campaign_id, contact_id, tenant_id, address, variables, message_id, skipped_reason)
        select @CampaignId, r.contact_id, @TenantId, r.address, r.variables::jsonb, r.message_id, r.skipped_reason
        from unnest(@ContactIds, @Addresses, @Variables, @MessageIds, @SkippedReasons)
          as r (contact_id, address, variables, message_id, skipped_reason)
        on conflict (campaign_id, contact_id) do nothing
        returning contact_id
        """;

    // stream_id names the backlog in which a message waits: its campaign for Message 1, its sender for Message 2, the follow-up to a reply.
    // The streams of one sender take turns, but all messages of lane 0 (Message 2) are sent before those of lane 1 (Message 1). step is the
    // number of the message in the campaign, 1 or 2; it is 0 for a received message.
    private const string InsertMessages = """
        insert into messages (id, tenant_id, sender_id, stream_id, lane, marketing, channel, contact_id, contact_address, campaign_id, step,
          body, content_sid, content_variables, units, due_at, expires_at, created_at)
        select m.id, @TenantId, @SenderId, @CampaignId, 1, true, @Channel, m.contact_id, m.address, @CampaignId, 1,
          m.body, m.content_sid, m.content_variables::jsonb, m.units, @Now, @ExpiresAt, @Now
        from unnest(@MessageIds, @ContactIds, @Addresses, @Bodies, @ContentSids, @ContentVariables, @Units)
          as m (id, contact_id, address, body, content_sid, content_variables, units)
        """;

    public static async Task InsertAsync(
        NpgsqlTransaction tx,
        FreezeRecipients.CampaignToFreeze campaign,
        IReadOnlyList<RecipientDraft> drafts,
        DateTimeOffset now,
        CancellationToken ct)
    {
        var insertedIds = (await tx.QueryAsync<Guid>(InsertRows, new
        {
            CampaignId = campaign.Id,
            campaign.TenantId,
            ContactIds = drafts.Select(draft => draft.ContactId).ToArray(),
            Addresses = drafts.Select(draft => draft.Address).ToArray(),
            Variables = drafts.Select(draft => draft.Variables).ToArray(),
            MessageIds = drafts.Select(draft => draft.MessageId).ToArray(),
            SkippedReasons = drafts.Select(draft => draft.SkippedReason).ToArray(),
        }, ct)).ToHashSet();

        var inserted = drafts.Where(draft => insertedIds.Contains(draft.ContactId)).ToList();
        await InsertMessagesAsync(tx, campaign, [.. inserted.Where(draft => draft.Message is not null)], now, ct);
        await CampaignCounters.AddAsync(tx, campaign.TenantId, campaign.Id, Count(inserted), ct);
    }

    private static Task<int> InsertMessagesAsync(
        NpgsqlTransaction tx,
        FreezeRecipients.CampaignToFreeze campaign,
        RecipientDraft[] drafts,
        DateTimeOffset now,
        CancellationToken ct) =>
        tx.ExecuteAsync(InsertMessages, new
        {
            campaign.TenantId,
            campaign.SenderId,
            CampaignId = campaign.Id,
            campaign.Channel,
            campaign.ExpiresAt,
            Now = now.UtcDateTime,
            MessageIds = drafts.Select(draft => draft.MessageId!.Value).ToArray(),
            ContactIds = drafts.Select(draft => draft.ContactId).ToArray(),
            Addresses = drafts.Select(draft => draft.Address).ToArray(),
            Bodies = drafts.Select(draft => draft.Message!.Body).ToArray(),
            ContentSids = drafts.Select(draft => draft.Message!.ContentSid).ToArray(),
            ContentVariables = drafts.Select(draft => draft.Message!.ContentVariables).ToArray(),
            Units = drafts.Select(draft => draft.Message!.Units).ToArray(),
        }, ct);

    private static Dictionary<string, long> Count(List<RecipientDraft> inserted)
    {
        var skipped = inserted.Where(draft => draft.SkippedReason is not null).ToList();
        var counts = skipped.GroupBy(draft => $"skipped:{draft.SkippedReason}")
            .ToDictionary(group => group.Key, group => (long)group.Count());
        counts.Add(CounterName.Planned, inserted.Count);
        counts.Add(CounterName.Queued, inserted.Count - skipped.Count);
        counts.Add(CounterName.Skipped, skipped.Count);
        return counts;
    }
}
