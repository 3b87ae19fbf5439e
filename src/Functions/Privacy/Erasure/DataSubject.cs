using Npgsql;
using Relais.Contacts;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Privacy.Erasure;

/// <summary>Who is meant: a contact, or whoever has this address.</summary>
internal sealed record ErasureRequest(Guid? ContactId, string? Address);

/// <summary>A person as the tables know them.</summary>
/// <param name="ContactId">Null: nobody made a contact of them.</param>
/// <param name="Keys">Of numbers and user ids, known now or written to once.</param>
/// <param name="Hashes">One for each key.</param>
/// <param name="AllHashes">Those too under which older rows may stand.</param>
internal sealed record DataSubject(Guid TenantId, Guid? ContactId, string[] Keys, string[] Hashes, string[] AllHashes)
{
    private const string SelectContactId = """
        select coalesce(
          (select id from contacts where tenant_id = @TenantId and id = @ContactId),
          (select contact_id from contact_identities where tenant_id = @TenantId and kind in ('phone', 'whatsapp_user') and key = @Key limit 1))
        """;

    private const string SelectAddressKeys = """
        select key from contact_identities where contact_id = @ContactId
        union
        select address_key(address) from campaign_recipients where tenant_id = @TenantId and contact_id = @ContactId and address <> '' and not is_erased(address)
        union
        select @Key::text where @Key::text is not null
        """;

    /// <summary>Every spelling of every address, for the rows that keep addresses as they were received.</summary>
    public string[] Addresses => [.. Keys.SelectMany(AddressKey.Spellings)];

    /// <summary>The hash of each of <see cref="Addresses"/>.</summary>
    public string[] AddressHashes => [.. Keys.SelectMany((key, index) => AddressKey.Spellings(key).Select(_ => Hashes[index]))];

    /// <summary>The addresses as webhooks write them; some gateways leave out the plus sign.</summary>
    public string[] ProviderAddresses =>
        [.. Addresses.Concat(Addresses.Select(address => address.TrimStart('+'))).Distinct().SelectMany(address => new[] { address, $"whatsapp:{address}" })];

    public static async Task<DataSubject?> FindAsync(NpgsqlTransaction tx, AddressHash hash, Guid tenantId, ErasureRequest wanted, CancellationToken ct)
    {
        var asked = wanted.Address is null ? null : AddressKey.From(wanted.Address);
        var contactId = await tx.QueryOneAsync<Guid?>(SelectContactId, new { TenantId = tenantId, wanted.ContactId, Key = asked }, ct);
        if (contactId is null && wanted.Address is null)
        {
            return null;
        }

        var keys = await tx.QueryAsync<string>(SelectAddressKeys, new { TenantId = tenantId, ContactId = contactId, Key = asked }, ct);
        keys.Sort(StringComparer.Ordinal);
        var hashes = keys.Select(key => hash.Hash(tenantId, key)).ToArray();
        return new DataSubject(tenantId, contactId, [.. keys], hashes, [.. keys.SelectMany(key => hash.HashAll(tenantId, key))]);
    }

    /// <summary>The same, when nobody else can add anything about them before the transaction ends.</summary>
    public static async Task<DataSubject?> FindAndLockAsync(NpgsqlTransaction tx, AddressHash hash, Guid tenantId, ErasureRequest wanted, CancellationToken ct)
    {
        await ContactLocks.LockForErasureAsync(tx, tenantId, ct);
        var held = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            // an address may have been added until its lock was there
            var person = await FindAsync(tx, hash, tenantId, wanted, ct);
            var missing = person?.Keys.Except(held).ToList() ?? [];
            if (missing.Count == 0)
            {
                return person;
            }

            await ContactLocks.LockAddressesAsync(tx, tenantId, missing, ct);
            held.UnionWith(missing);
        }
    }
}
