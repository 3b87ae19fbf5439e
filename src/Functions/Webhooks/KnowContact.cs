using System.Globalization;
using Npgsql;
using Relais.Consent;
using Relais.Contacts;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>The contact behind an address, made on first sight. A WhatsApp user may have no phone number.</summary>
internal static class KnowContact
{
    private const string Find = """
        select contact_id from contact_identities
        where tenant_id = @TenantId and (kind, value) in ((@Kind, @Address), ('whatsapp_user', @UserId))
        order by kind
        limit 1
        """;

    private const string InsertContact = """
        insert into contacts (id, tenant_id, first_name, created_at, updated_at) values (@Id, @TenantId, @Name, @At, @At)
        """;

    private const string InsertIdentity = """
        insert into contact_identities (tenant_id, kind, value, contact_id, created_at)
        values (@TenantId, @Kind, @Value, @ContactId, @At)
        on conflict (tenant_id, kind, value) do nothing
        """;

    public static async Task<Guid> RunAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, string address, string? profileName, string? userId, DateTimeOffset now, CancellationToken ct)
    {
        var kind = PhoneNumber.IsE164(address) ? "phone" : "whatsapp_user";
        // two first messages at once wait for each other here
        await PeopleLocks.OfAddressAsync(tx, tenantId, address, ct);
        var contactId = await tx.QueryOneAsync<Guid?>(Find, new { TenantId = tenantId, Kind = kind, Address = address, UserId = userId ?? "" }, ct);
        if (contactId is null)
        {
            contactId = Guid.CreateVersion7(now);
            await tx.ExecuteAsync(InsertContact, new { Id = contactId, TenantId = tenantId, Name = Shortened(profileName), At = now.UtcDateTime }, ct);
        }

        var added = await IdentifyAsync(tx, tenantId, kind, address, contactId.Value, now, ct);
        if (!string.IsNullOrEmpty(userId))
        {
            added += await IdentifyAsync(tx, tenantId, "whatsapp_user", userId, contactId.Value, now, ct);
        }

        if (added > 0)
        {
            await RestoreSuppressions.RunAsync(tx, hash, tenantId, string.IsNullOrEmpty(userId) ? [address] : [address, userId], ct);
        }

        return contactId.Value;
    }

    private static string Shortened(string? profileName)
    {
        var name = new StringInfo((profileName ?? "").Trim());
        return name.LengthInTextElements > 60 ? name.SubstringByTextElements(0, 60) : name.String;
    }

    private static Task<int> IdentifyAsync(NpgsqlTransaction tx, Guid tenantId, string kind, string value, Guid contactId, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(InsertIdentity, new { TenantId = tenantId, Kind = kind, Value = value, ContactId = contactId, At = now.UtcDateTime }, ct);
}
