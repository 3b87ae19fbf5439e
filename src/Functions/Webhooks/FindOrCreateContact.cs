using System.Globalization;
using Npgsql;
using Relais.Consent;
using Relais.Contacts;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>
/// Finds the contact of an address, or creates it for the first message. A WhatsApp message may carry a phone number and a user id; if
/// these belong to two contacts, the two are merged.
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

    // One statement: if an import inserts the same number at the same time, neither a second identity nor a contact without one is created.
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

    /// <param name="address">A phone number (E.164) or a WhatsApp user id.</param>
    /// <param name="profileName">Becomes the first name of a new contact; null: empty.</param>
    /// <param name="userId">The WhatsApp user id that came beside a phone number; null: none.</param>
    /// <returns>The id of the contact.</returns>
    public static async Task<Guid> RunAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, string address, string? profileName, string? userId, DateTimeOffset now,
        CancellationToken ct)
    {
        var kind = PhoneNumber.IsE164(address) ? "phone" : "whatsapp_user";
        string[] addresses = string.IsNullOrEmpty(userId) || userId == address ? [address] : [address, userId];
        var key = new { TenantId = tenantId, Kind = kind, Key = AddressKey.From(address), UserId = userId ?? "" };
        var needsMerge = addresses.Length > 1 && (await tx.QueryAsync<Guid>(SelectContactIds, key, ct)).Distinct().Count() > 1;
        if (needsMerge)
        {
            await ContactLocks.LockForErasureAsync(tx, tenantId, ct);
        }

        // Two first messages of the same person may be processed at the same time: the lock lets the second find the contact of the first.
        await ContactLocks.LockAddressesAsync(tx, tenantId, addresses, ct);
        var found = await tx.QueryAsync<Guid>(SelectContactIds, key, ct);
        var newIdentities = 0;
        if (found.Count == 0)
        {
            var newId = Guid.CreateVersion7(now);
            newIdentities = await InsertContactAsync(tx, hash, tenantId, newId, kind, address, profileName, now, ct);
            found = newIdentities > 0 ? [newId] : await tx.QueryAsync<Guid>(SelectContactIds, key, ct);
        }

        var contactId = found[0];

        // If the second contact appeared after needsMerge was read, the erasure lock is not held: the next message merges the two.
        foreach (var duplicateId in found.Where(id => needsMerge && id != contactId))
        {
            await MergeContacts.RunAsync(tx, tenantId, duplicateId, contactId, now, ct);
            newIdentities++;
        }

        foreach (var value in addresses)
        {
            var valueKind = value == address ? kind : "whatsapp_user";
            newIdentities += await AddIdentityAsync(tx, hash, tenantId, valueKind, value, contactId, now, ct);
        }

        if (newIdentities > 0)
        {
            await RestoreSuppressions.RunAsync(tx, hash, tenantId, addresses, ct);
            await CopySuppressionsToAllAddresses.RunAsync(tx, tenantId, contactId, ct);
        }

        return contactId;
    }

    /// <returns>1; 0 when an import inserted the address at the same time.</returns>
    private static Task<int> InsertContactAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, Guid id, string kind, string address, string? profileName,
        DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(InsertContactWithIdentity, new
        {
            Id = id,
            TenantId = tenantId,
            Kind = kind,
            Address = address,
            Hash = hash.TryHash(tenantId, address),
            Name = Truncate(profileName),
            At = now.UtcDateTime,
        }, ct);

    private static string Truncate(string? profileName)
    {
        var name = new StringInfo((profileName ?? "").Trim());
        return name.LengthInTextElements > 60 ? name.SubstringByTextElements(0, 60) : name.String;
    }

    private static Task<int> AddIdentityAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, string kind, string value, Guid contactId, DateTimeOffset now,
        CancellationToken ct) =>
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
