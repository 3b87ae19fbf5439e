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

    /// <param name="Next">The id after which the next page begins; null on the last page.</param>
    internal sealed record Output(IReadOnlyList<ContactView> Contacts, Guid? Next);

    /// <param name="tag">Only contacts with this tag; null for all contacts.</param>
    public Task<Output> RunAsync(Guid tenantId, string? tag, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var rows = await tx.QueryAsync<ContactRow>(
                tag is null ? SelectAll : SelectTagged,
                new { TenantId = tenantId, Tag = tag, page.After, page.Limit },
                ct);
            var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
            var phones = await ContactPhones.SelectPhonesAsync(tx, shown.Select(row => row.Id), ct);
            return new Output(shown.ConvertAll(row => row.ToView(phones.GetValueOrDefault(row.Id))), next);
        }, ct);
}
