using System.Text.Json.Nodes;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access.Audit;

/// <summary>Lists the audit entries of a tenant, newest first.</summary>
internal sealed class ListAudit(TenantDb db)
{
    private const string SelectEntries = """
        select id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, before::text, after::text
        from audit
        where tenant_id = @TenantId and id < @Before
          and (@Action::text is null or action = @Action)
          and (@SubjectKind::text is null or subject_kind = @SubjectKind)
          and (@SubjectId::text is null or subject_id = @SubjectId)
          and (@Actor::text is null or actor_id = @Actor)
        order by id desc
        limit @Limit + 1
        """;

    /// <summary>The conditions that an entry must meet; null means no condition.</summary>
    /// <param name="Action">The noun and verb of the change, such as campaign.pause.</param>
    /// <param name="SubjectKind">The kind of the changed object, such as campaign.</param>
    /// <param name="SubjectId">The id of the changed object.</param>
    /// <param name="Actor">The id of the actor.</param>
    internal sealed record Filter(string? Action, string? SubjectKind, string? SubjectId, string? Actor);

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required DateTime At { get; init; }
        public required string ActorKind { get; init; }
        public required string ActorId { get; init; }
        public required string ActorName { get; init; }
        public required string Action { get; init; }
        public required string SubjectKind { get; init; }
        public required string SubjectId { get; init; }
        public string? Before { get; init; }
        public string? After { get; init; }
    }

    internal sealed record ActorView(string Kind, string Id, string Name);

    internal sealed record SubjectView(string Kind, string Id);

    internal sealed record Item(
        Guid Id, DateTime At, ActorView Actor, string Action, SubjectView Subject, JsonObject? Before, JsonObject? After);

    internal sealed record Output(IReadOnlyList<Item> Entries, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, Filter filter, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var parameters = new
            {
                TenantId = tenantId,
                page.Before,
                page.Limit,
                filter.Action,
                filter.SubjectKind,
                filter.SubjectId,
                filter.Actor,
            };
            var rows = await tx.QueryAsync<Row>(SelectEntries, parameters, ct);
            var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
            return new Output(shown.ConvertAll(ToItem), next);
        }, ct);

    private static Item ToItem(Row row) => new(
        row.Id, row.At, new ActorView(row.ActorKind, row.ActorId, row.ActorName), row.Action,
        new SubjectView(row.SubjectKind, row.SubjectId), ReadJson(row.Before), ReadJson(row.After));

    private static JsonObject? ReadJson(string? json) => json is null ? null : Json.Read<JsonObject>(json);
}
