using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Numbers.Inventory;

/// <summary>In the order in which they came; without those that were released, unless they are asked for.</summary>
internal sealed class ListNumbers(TenantDb db, RouterUrls targets)
{
    private const string SelectNumbers = $"""
        select {NumberRow.Columns}
        from phone_numbers
        where tenant_id = @TenantId and id > @After and (@Released or state <> 'released')
        order by id
        limit @Limit + 1
        """;

    internal sealed record Output(IReadOnlyList<NumberView> Numbers, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, bool released, CancellationToken ct) => db.RunAsync(tenantId, async tx =>
    {
        var rows = await tx.QueryAsync<NumberRow>(SelectNumbers, new { TenantId = tenantId, After = page.After ?? Guid.Empty, Released = released, page.Limit }, ct);
        var more = rows.Count > page.Limit;
        var shown = (more ? rows[..page.Limit] : rows).ConvertAll(row => row.ToView(targets));
        return new Output(shown, more ? shown[^1].Id : null);
    }, ct);
}
