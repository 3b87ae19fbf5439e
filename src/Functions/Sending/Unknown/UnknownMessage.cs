namespace Relais.Sending.Unknown;

/// <summary>A message whose last attempt may or may not have reached the provider.</summary>
internal sealed record UnknownMessage
{
    // The page is selected and marked in one statement, so that concurrent runs do not look up the same messages.
    public const string MarkPolled = """
        with page as (
          select id from messages
          where sender_id = @SenderId and status = 'unknown' and claimed_at < now() - @ResolutionDelay
            and (polled_at is null or polled_at < now() - interval '45 seconds')
          order by claimed_at, id
          limit @Page
          for update skip locked
        )
        update messages m set polled_at = now()
        from page p
        where m.id = p.id
        returning m.id, m.attempt, m.failures, m.contact_address, m.body, coalesce(m.error_code, 'no_answer') as error_code, m.claimed_at,
          exists (select from campaigns c where c.id = m.campaign_id and c.status in ('running', 'paused')) as campaign_can_pause
        """;

    public required Guid Id { get; init; }
    public required int Attempt { get; init; }
    public required int Failures { get; init; }
    public required string ContactAddress { get; init; }
    public required bool CampaignCanPause { get; init; }
    public string? Body { get; init; }
    public required string ErrorCode { get; init; }
    public required DateTime ClaimedAt { get; init; }
}
