using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access.Members;

/// <summary>Lists the members of the caller's tenant in the order of joining.</summary>
internal sealed class ListMembers(TenantDb db)
{
    private const string SelectMembers = """
        select id, name, email, role, subject = @Subject as is_you, created_at
        from members
        where tenant_id = @TenantId and id > @After
        order by id
        limit @Limit + 1
        """;

    internal sealed record Item
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public string? Email { get; init; }
        public required string Role { get; init; }
        public required bool IsYou { get; init; }
        public required DateTime CreatedAt { get; init; }
    }

    internal sealed record Output(IReadOnlyList<Item> Members, Guid? Next);

    public Task<Output> RunAsync(Caller caller, PageQuery page, CancellationToken ct) =>
        db.RunAsync(caller.TenantId, async tx =>
        {
            var parameters = new { caller.TenantId, Subject = caller.Actor.Id, page.After, page.Limit };
            var rows = await tx.QueryAsync<Item>(SelectMembers, parameters, ct);
            var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
            return new Output(shown, next);
        }, ct);
}
