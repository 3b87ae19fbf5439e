using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access.Invitations;

/// <summary>Lists the invitations of a tenant without their codes, newest first.</summary>
internal sealed class ListInvitations(TenantDb db, TimeProvider time)
{
    private const string SelectInvitations = """
        select id, role, name, created_at, expires_at, accepted_at,
          case
            when accepted_at is not null then 'accepted'
            when revoked_at is not null then 'revoked'
            when expires_at <= @Now then 'expired'
            else 'open'
          end as state
        from invitations
        where tenant_id = @TenantId and id < @Before
        order by id desc
        limit @Limit + 1
        """;

    internal sealed record Item
    {
        public required Guid Id { get; init; }
        public required string Role { get; init; }
        public required string Name { get; init; }
        public required string State { get; init; }
        public required DateTime CreatedAt { get; init; }
        public required DateTime ExpiresAt { get; init; }
        public DateTime? AcceptedAt { get; init; }
    }

    internal sealed record Output(IReadOnlyList<Item> Invitations, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var now = time.GetUtcNow().UtcDateTime;
            var parameters = new { TenantId = tenantId, page.Before, page.Limit, Now = now };
            var rows = await tx.QueryAsync<Item>(SelectInvitations, parameters, ct);
            var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
            return new Output(shown, next);
        }, ct);
}
