using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Erasure;

/// <summary>Deletes the contact and its identities, and removes personal data from the rows that refer to it.</summary>
internal static class EraseContact
{
    // Keep the row: the statistics of the campaign count it.
    private const string EraseRecipients = """
        update campaign_recipients set address = 'erased', variables = '{}' where tenant_id = @TenantId and contact_id = @ContactId
        """;

    private const string ClearImportRows = """
        update contact_import_rows set contact_id = null, faults = '{}' where tenant_id = @TenantId and contact_id = @ContactId
        """;

    private const string DeletePace = """
        delete from recipient_pace where tenant_id = @TenantId and channel in ('sms', 'whatsapp') and address = any(@Keys)
        """;

    private const string DeleteIdentities = "delete from contact_identities where tenant_id = @TenantId and contact_id = @ContactId";

    private const string DeleteContact = "delete from contacts where tenant_id = @TenantId and id = @ContactId";

    public static async Task RunAsync(NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, CancellationToken ct)
    {
        var key = new { person.TenantId, person.ContactId, person.Keys };
        erased.CampaignRecipients += await tx.ExecuteAsync(EraseRecipients, key, ct);
        erased.ImportRows += await tx.ExecuteAsync(ClearImportRows, key, ct);
        await tx.ExecuteAsync(DeletePace, key, ct);
        erased.Identities += await tx.ExecuteAsync(DeleteIdentities, key, ct);
        erased.Contacts += await tx.ExecuteAsync(DeleteContact, key, ct);
    }
}
