using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Contacts;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Secrets;

namespace Relais.Campaigns.Run;

/// <summary>
/// Fixes the recipients of a page of contacts, with their parameters and messages. Repeated pages and two freezers at once add
/// nothing: what is already there is left alone, and the counters move by the rows that were really inserted.
/// </summary>
internal sealed class FreezeRecipients(TenantDb db, AddressHash hash, TimeProvider time)
{
    private const int PageSize = 2_000;

    private const string LockCampaign = """
        select c.id, c.tenant_id, c.sender_id, c.audience::text, c.message1::text, c.message2::text, c.expires_at, s.channel
        from campaigns c
        join senders s on s.id = c.sender_id
        where c.id = @CampaignId and c.status = 'starting'
        for no key update of c
        """;

    private const string SetRunning = """
        update campaigns
        set status = 'running', frozen_at = @Now
        where id = @CampaignId and status = 'starting'
        """;

    /// <param name="Ids">The campaign.</param>
    /// <param name="After">The last contact of the page before.</param>
    internal sealed record Input(CampaignIds Ids, Guid? After);

    /// <param name="After">The last contact of this page; the next page begins after it.</param>
    internal sealed record Output(Guid? After);

    internal sealed record CampaignToFreeze
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required Guid SenderId { get; init; }
        public required string Audience { get; init; }
        public required string Message1 { get; init; }
        public string? Message2 { get; init; }
        public DateTime? ExpiresAt { get; init; }
        public required string Channel { get; init; }
    }

    [Function(nameof(FreezeRecipients))]
    public Task<Output> RunAsync([ActivityTrigger] Input input, CancellationToken ct) =>
        db.RunAsync(input.Ids.TenantId, tx => FreezeAsync(tx, input, PageSize, ct), ct);

    internal async Task<Output> FreezeAsync(NpgsqlTransaction tx, Input input, int pageSize, CancellationToken ct)
    {
        await ContactLocks.BlockErasureAsync(tx, input.Ids.TenantId, ct);
        var plan = await tx.QueryOneAsync<CampaignToFreeze>(LockCampaign, new { input.Ids.CampaignId }, ct);
        if (plan is null)
        {
            return new Output(input.After);
        }

        var now = time.GetUtcNow();
        var audience = Json.Read<Audience>(plan.Audience);
        var contacts = await AudienceContacts.SelectPageAsync(tx, hash, plan, audience, input.After, pageSize, ct);
        var drafts = RecipientDraft.For(plan, contacts, now);
        await InsertRecipients.InsertAsync(tx, plan, drafts, now, ct);
        if (contacts.Count < pageSize)
        {
            await tx.ExecuteAsync(SetRunning, new { input.Ids.CampaignId, Now = now.UtcDateTime }, ct);
        }

        return new Output(contacts.Count > 0 ? contacts[^1].Id : input.After);
    }
}
