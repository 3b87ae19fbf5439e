using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Contacts;

internal sealed class GetContact(TenantDb db)
{
    private const string SelectContact = $"{ContactRow.SelectContacts} where c.id = @Id";

    public Task<Result<ContactView>> RunAsync(Guid tenantId, Guid id, CancellationToken ct) =>
        db.RunAsync<Result<ContactView>>(tenantId, async tx =>
            await tx.QueryOneAsync<ContactRow>(SelectContact, new { Id = id }, ct) is { } row
                ? row.ToView((await ContactPhones.SelectPhonesAsync(tx, [id], ct)).GetValueOrDefault(id))
                : new Failure(FailureKind.NotFound, "contact_not_found", "There is no such contact."), ct);
}
