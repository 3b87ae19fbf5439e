using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Contacts;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Secrets;

namespace Relais.Campaigns.Run;

/// <summary>
/// Stores the recipients for one page of contacts, with their variables and messages. A repeated or concurrent run adds nothing: existing
/// recipients stay as they are, and only inserted rows are counted.
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

    /// <param name="After">The last contact of the previous page; null for the first page.</param>
    internal sealed record Input(CampaignIds Ids, Guid? After);

    /// <param name="After">The last contact of this page, after which the next page begins.</param>
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
        var campaign = await tx.QueryOneAsync<CampaignToFreeze>(LockCampaign, new { input.Ids.CampaignId }, ct);
        if (campaign is null)
        {
            return new Output(input.After);
        }

        var now = time.GetUtcNow();
        var audience = Json.Read<Audience>(campaign.Audience);
        var contacts = await AudienceContacts.SelectPageAsync(tx, hash, campaign, audience, input.After, pageSize, ct);
        var drafts = RecipientDraft.CreateAll(campaign, contacts, now);
        await InsertRecipients.InsertAsync(tx, campaign, drafts, now, ct);
        if (contacts.Count < pageSize)
        {
            await tx.ExecuteAsync(SetRunning, new { input.Ids.CampaignId, Now = now.UtcDateTime }, ct);
        }

        return new Output(contacts.Count > 0 ? contacts[^1].Id : input.After);
    }
}
