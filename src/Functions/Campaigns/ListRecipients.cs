using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Sending;

namespace Relais.Campaigns;

/// <summary>
/// Lists the recipients of a campaign in keyset pages, with the status of Message 1, the time of the reply and the status of Message 2.
/// </summary>
internal sealed class ListRecipients(TenantDb db)
{
    public const string Replied = "replied";

    private static readonly string[] Outcomes =
    [
        MessageStatus.Pending, MessageStatus.Retry, MessageStatus.Claimed, MessageStatus.Unknown, MessageStatus.Accepted,
        MessageStatus.Scheduled, MessageStatus.Queued, MessageStatus.Sending, MessageStatus.Sent, MessageStatus.Delivered,
        MessageStatus.Read, MessageStatus.Failed, MessageStatus.Undelivered, MessageStatus.Canceled, MessageStatus.Expired,
        MessageStatus.Skipped, "removed", Replied,
    ];

    private const string CampaignExists = "select exists (select from campaigns where id = @CampaignId)";

    private const string SelectRecipients = """
        select r.contact_id, r.address,
          coalesce(m.status, case when r.message_id is null then 'skipped' else 'removed' end) as outcome,
          coalesce(r.skipped_reason, case m.status when 'skipped' then m.error_code end) as skipped_reason,
          case when m.status <> 'skipped' then m.error_code end as error_code,
          m.wait_reason, m.sent_at, m.delivered_at, m.read_at, r.replied_at,
          f.status as followup_status, f.error_code as followup_error_code
        from campaign_recipients r
        left join messages m on m.id = r.message_id
        left join messages f on f.id = r.followup_message_id
        where r.campaign_id = @CampaignId
          and r.contact_id > @After
          and (@Outcome::text is null
            or (@Outcome = 'replied' and r.replied_at is not null)
            or (@Outcome <> 'replied' and coalesce(m.status, case when r.message_id is null then 'skipped' else 'removed' end) = @Outcome))
        order by r.contact_id
        limit @Limit + 1
        """;

    private sealed class Row
    {
        public required Guid ContactId { get; init; }
        public required string Address { get; init; }
        public required string Outcome { get; init; }
        public string? SkippedReason { get; init; }
        public string? ErrorCode { get; init; }
        public string? WaitReason { get; init; }
        public DateTime? SentAt { get; init; }
        public DateTime? DeliveredAt { get; init; }
        public DateTime? ReadAt { get; init; }
        public DateTime? RepliedAt { get; init; }
        public string? FollowupStatus { get; init; }
        public string? FollowupErrorCode { get; init; }
    }

    internal sealed record Followup(string Status, string? ErrorCode);

    internal sealed record Recipient(
        Guid ContactId, string Address, string Outcome, string? SkippedReason, string? ErrorCode, string? WaitReason,
        DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt, DateTimeOffset? ReadAt, DateTimeOffset? RepliedAt, Followup? Followup);

    internal sealed record Output(IReadOnlyList<Recipient> Recipients, Guid? Next);

    public async Task<Result<Output>> RunAsync(Guid tenantId, Guid campaignId, string? outcome, PageQuery page, CancellationToken ct)
    {
        if (outcome is not null && !Outcomes.Contains(outcome))
        {
            return Failure.InvalidQuery(
                new Dictionary<string, string[]> { ["outcome"] = [$"must be one of {string.Join(", ", Outcomes)}"] });
        }

        return await db.RunAsync<Result<Output>>(tenantId, async tx =>
        {
            if (!await tx.QueryOneAsync<bool>(CampaignExists, new { CampaignId = campaignId }, ct))
            {
                return CampaignFailures.NotFound();
            }

            var parameters = new { CampaignId = campaignId, page.After, Outcome = outcome, page.Limit };
            var rows = await tx.QueryAsync<Row>(SelectRecipients, parameters, ct);
            var (shown, next) = Page.From(rows, page.Limit, row => row.ContactId);
            return new Output(shown.ConvertAll(ToRecipient), next);
        }, ct);
    }

    private static Recipient ToRecipient(Row row) => new(
        row.ContactId, row.Address, row.Outcome, row.SkippedReason, row.ErrorCode, row.WaitReason,
        row.SentAt, row.DeliveredAt, row.ReadAt, row.RepliedAt,
        row.FollowupStatus is null ? null : new Followup(row.FollowupStatus, row.FollowupErrorCode));
}
