using System.Globalization;
using Npgsql;
using Relais.Consent;
using Relais.Contacts;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>
/// The contact behind an address, made on first sight. A WhatsApp user may have no phone number; one who is known by number and by user id as
/// two contacts is one of them from the message on that has both.
/// </summary>
internal static class FindOrCreateContact
{
    private const string SelectContactIds = """
        select i.contact_id
        from (values (1, @Kind, @Key), (2, 'whatsapp_user', @UserId)) as k (place, kind, key)
        cross join lateral (
          select contact_id from contact_identities where tenant_id = @TenantId and kind = k.kind and key = k.key limit 1
        ) i
        order by k.place
        """;

    // One statement: when an import takes the number meanwhile, there is neither a second identity nor a contact without one.
    private const string InsertContactWithIdentity = """
        with identity as (
          insert into contact_identities (tenant_id, kind, value, address_hash, contact_id, created_at)
          values (@TenantId, @Kind, @Address, @Hash, @Id, @At)
          on conflict do nothing
          returning contact_id
        )
        insert into contacts (id, tenant_id, first_name, created_at, updated_at)
        select contact_id, @TenantId, @Name, @At, @At from identity
        """;

    private const string InsertIdentity = """
        insert into contact_identities (tenant_id, kind, value, address_hash, contact_id, created_at)
        values (@TenantId, @Kind, @Value, @Hash, @ContactId, @At)
        on conflict do nothing
        """;

    public static async Task<Guid> RunAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, string address, string? profileName, string? userId, DateTimeOffset now, CancellationToken ct)
    {
        var kind = PhoneNumber.IsE164(address) ? "phone" : "whatsapp_user";
        string[] addresses = string.IsNullOrEmpty(userId) || userId == address ? [address] : [address, userId];
        var key = new { TenantId = tenantId, Kind = kind, Key = AddressKey.From(address), UserId = userId ?? "" };
        var needsMerge = addresses.Length > 1 && (await tx.QueryAsync<Guid>(SelectContactIds, key, ct)).Distinct().Count() > 1;
        if (needsMerge)
        {
            await ContactLocks.LockForErasureAsync(tx, tenantId, ct);
        }

        // two first messages at once wait for each other here
        await ContactLocks.LockAddressesAsync(tx, tenantId, addresses, ct);
        var found = await tx.QueryAsync<Guid>(SelectContactIds, key, ct);
        var newIdentities = 0;
        if (found.Count == 0)
        {
            var created = new
            {
                Id = Guid.CreateVersion7(now),
                TenantId = tenantId,
                Kind = kind,
                Address = address,
                Hash = hash.TryHash(tenantId, address),
                Name = Truncate(profileName),
                At = now.UtcDateTime,
            };
            newIdentities = await tx.ExecuteAsync(InsertContactWithIdentity, created, ct);
            found = newIdentities > 0 ? [created.Id] : await tx.QueryAsync<Guid>(SelectContactIds, key, ct);
        }

        var contactId = found[0];
        // who became two only now is one from the next message on
        foreach (var other in found.Where(other => needsMerge && other != contactId))
        {
            await MergeContacts.RunAsync(tx, tenantId, other, contactId, now, ct);
            newIdentities++;
        }

        foreach (var one in addresses)
        {
            newIdentities += await AddIdentityAsync(tx, hash, tenantId, one == address ? kind : "whatsapp_user", one, contactId, now, ct);
        }

        if (newIdentities > 0)
        {
            await RestoreSuppressions.RunAsync(tx, hash, tenantId, addresses, ct);
            await CopySuppressionsToAllAddresses.RunAsync(tx, tenantId, contactId, ct);
        }

        return contactId;
    }

    private static string Truncate(string? profileName)
    {
        var name = new StringInfo((profileName ?? "").Trim());
        return name.LengthInTextElements > 60 ? name.SubstringByTextElements(0, 60) : name.String;
    }

    private static Task<int> AddIdentityAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, string kind, string value, Guid contactId, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(InsertIdentity, new
        {
            TenantId = tenantId,
            Kind = kind,
            Value = value,
            Hash = hash.TryHash(tenantId, value),
            ContactId = contactId,
            At = now.UtcDateTime,
        }, ct);
}
