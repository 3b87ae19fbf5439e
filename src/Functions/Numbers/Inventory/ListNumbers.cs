using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Numbers.Inventory;

/// <summary>Lists the numbers of a tenant as keyset pages in the order of creation; released numbers only on request.</summary>
internal sealed class ListNumbers(TenantDb db, RouterUrls routerUrls)
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
        var parameters = new { TenantId = tenantId, page.After, Released = released, page.Limit };
        var rows = await tx.QueryAsync<NumberRow>(SelectNumbers, parameters, ct);
        var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
        return new Output(shown.ConvertAll(row => row.ToView(routerUrls)), next);
    }, ct);
}
