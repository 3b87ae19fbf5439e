using Npgsql;
using Relais.Contacts;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Privacy.Erasure;

/// <summary>Who is meant: a contact, or whoever has this address.</summary>
internal sealed record Wanted(Guid? ContactId, string? Address);

/// <summary>A person as the tables know them.</summary>
/// <param name="ContactId">Null: nobody made a contact of them.</param>
/// <param name="Addresses">Numbers and user ids, known now or written to once.</param>
/// <param name="Hashes">One for each address.</param>
internal sealed record Person(Guid TenantId, Guid? ContactId, string[] Addresses, string[] Hashes)
{
    private const string FindContact = """
        select coalesce(
          (select id from contacts where tenant_id = @TenantId and id = @ContactId),
          (select contact_id from contact_identities where tenant_id = @TenantId and kind in ('phone', 'whatsapp_user') and value = @Address limit 1))
        """;

    private const string FindAddresses = """
        select value from contact_identities where contact_id = @ContactId
        union
        select address from campaign_recipients where tenant_id = @TenantId and contact_id = @ContactId and address <> '' and not is_erased(address)
        union
        select @Address::text where @Address::text is not null
        """;

    /// <summary>The address as webhooks write it.</summary>
    public string[] AsWritten => [.. Addresses.SelectMany(address => new[] { address, $"whatsapp:{address}" })];

    public static async Task<Person?> FindAsync(NpgsqlTransaction tx, AddressHash hash, Guid tenantId, Wanted wanted, CancellationToken ct)
    {
        var contactId = await tx.QueryOneAsync<Guid?>(FindContact, new { TenantId = tenantId, wanted.ContactId, wanted.Address }, ct);
        if (contactId is null && wanted.Address is null)
        {
            return null;
        }

        var addresses = await tx.QueryAsync<string>(FindAddresses, new { TenantId = tenantId, ContactId = contactId, wanted.Address }, ct);
        addresses.Sort(StringComparer.Ordinal);
        return new Person(tenantId, contactId, [.. addresses], [.. addresses.Select(address => hash.Of(tenantId, address))]);
    }

    /// <summary>The same, when nobody else can add anything about them before the transaction ends.</summary>
    public static async Task<Person?> HoldAsync(NpgsqlTransaction tx, AddressHash hash, Guid tenantId, Wanted wanted, CancellationToken ct)
    {
        await PeopleLocks.AloneAsync(tx, tenantId, ct);
        var held = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            // an address may have been added until its lock was there
            var person = await FindAsync(tx, hash, tenantId, wanted, ct);
            var missing = person?.Addresses.Except(held).ToList() ?? [];
            if (missing.Count == 0)
            {
                return person;
            }

            foreach (var address in missing)
            {
                await PeopleLocks.OfAddressAsync(tx, tenantId, address, ct);
                held.Add(address);
            }
        }
    }
}
