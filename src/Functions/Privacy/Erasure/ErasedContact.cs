using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Erasure;

/// <summary>The contact, and every row that names it or its addresses.</summary>
internal static class ErasedContact
{
    // the row of the recipient stays: it says what was sent, to nobody
    private const string Recipients = """
        update campaign_recipients set address = 'erased', variables = '{}' where tenant_id = @TenantId and contact_id = @ContactId
        """;

    private const string ImportRows = """
        update contact_import_rows set contact_id = null, faults = '{}' where tenant_id = @TenantId and contact_id = @ContactId
        """;

    private const string Pace = "delete from recipient_pace where tenant_id = @TenantId and channel in ('sms', 'whatsapp') and address = any(@Keys)";

    private const string Identities = "delete from contact_identities where tenant_id = @TenantId and contact_id = @ContactId";

    private const string Contact = "delete from contacts where tenant_id = @TenantId and id = @ContactId";

    public static async Task RunAsync(NpgsqlTransaction tx, Person person, Erased erased, CancellationToken ct)
    {
        var key = new { person.TenantId, person.ContactId, person.Keys };
        erased.CampaignRecipients += await tx.ExecuteAsync(Recipients, key, ct);
        erased.ImportRows += await tx.ExecuteAsync(ImportRows, key, ct);
        await tx.ExecuteAsync(Pace, key, ct);
        erased.Identities += await tx.ExecuteAsync(Identities, key, ct);
        erased.Contacts += await tx.ExecuteAsync(Contact, key, ct);
    }
}
