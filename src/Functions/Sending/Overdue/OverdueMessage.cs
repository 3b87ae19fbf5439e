namespace Relais.Sending.Overdue;

/// <summary>A message whose final status report is overdue.</summary>
internal sealed record OverdueMessage
{
    // The page is selected and marked in one statement, so that two instances do not poll the same messages.
    public const string MarkPolled = """
        with overdue as (
          select id from messages
          where direction = 'out' and status in ('accepted', 'scheduled', 'queued', 'sending', 'sent') and provider_sid is not null
            and claimed_at < now() - @After and claimed_at > now() - interval '48 hours'
            and (polled_at is null or polled_at < now() - @After)
          order by claimed_at
          limit @Page
          for update skip locked
        )
        update messages m set polled_at = now()
        from overdue o
        where m.id = any(array[o.id])
        returning m.id, m.tenant_id, m.sender_id, m.attempt, m.provider_sid
        """;

    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required Guid SenderId { get; init; }
    public required int Attempt { get; init; }
    public required string ProviderSid { get; init; }
}
