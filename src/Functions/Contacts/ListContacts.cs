using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Contacts;

internal sealed class ListContacts(TenantDb db)
{
    private const string SelectAll = $"""
        {ContactRow.SelectContacts}
        where c.tenant_id = @TenantId and c.id > @After
        order by c.id
        limit @Limit + 1
        """;

    private const string SelectTagged = $"""
        {ContactRow.SelectContacts}
        where c.tenant_id = @TenantId and c.id > @After and c.tags @> array[@Tag]
        order by c.id
        limit @Limit + 1
        """;

    internal sealed record Output(IReadOnlyList<ContactView> Contacts, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, string? tag, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var rows = await tx.QueryAsync<ContactRow>(tag is null ? SelectAll : SelectTagged, new { TenantId = tenantId, Tag = tag, After = page.After ?? Guid.Empty, page.Limit }, ct);
            var phones = await ContactPhones.SelectPhonesAsync(tx, rows.Select(row => row.Id), ct);
            var shown = rows.Take(page.Limit).Select(row => row.ToView(phones.GetValueOrDefault(row.Id))).ToList();
            return new Output(shown, rows.Count > page.Limit ? shown[^1].Id : null);
        }, ct);
}
