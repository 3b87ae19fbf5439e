using Npgsql;
using Relais.Contacts;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Privacy.Erasure;

/// <summary>Names the person to erase: by contact id, or by address.</summary>
internal sealed record ErasureRequest(Guid? ContactId, string? Address);

/// <summary>A person to erase: the contact, if there is one, and every address under which rows may name the person.</summary>
/// <param name="ContactId">Null when no contact has the address.</param>
/// <param name="Keys">Address keys of the contact's phone numbers and WhatsApp user ids, and of addresses that campaigns used.</param>
/// <param name="Hashes">The hash of each key, in the order of <paramref name="Keys"/>.</param>
/// <param name="AllHashes">The hash of every spelling of every key: older rows hold the hash of a spelling instead of the key's.</param>
internal sealed record DataSubject(Guid TenantId, Guid? ContactId, string[] Keys, string[] Hashes, string[] AllHashes)
{
    private const string SelectContactId = """
        select coalesce(
          (select id from contacts where tenant_id = @TenantId and id = @ContactId),
          (select contact_id from contact_identities
           where tenant_id = @TenantId and kind in ('phone', 'whatsapp_user') and key = @Key
           limit 1))
        """;

    private const string SelectAddressKeys = """
        select key from contact_identities where contact_id = @ContactId
        union
        select address_key(address) from campaign_recipients
        where tenant_id = @TenantId and contact_id = @ContactId and address <> '' and not is_erased(address)
        union
        select @Key::text where @Key::text is not null
        """;

    /// <summary>Every spelling of every address, for the rows that keep addresses as they were received.</summary>
    public string[] Addresses => [.. Keys.SelectMany(AddressKey.Spellings)];

    /// <summary>The hash of each of <see cref="Addresses"/>.</summary>
    public string[] AddressHashes => [.. Keys.SelectMany((key, index) => AddressKey.Spellings(key).Select(_ => Hashes[index]))];

    /// <summary>The addresses as webhooks write them: with and without the channel prefix and the plus sign.</summary>
    public string[] ProviderAddresses =>
    [
        .. Addresses.Concat(Addresses.Select(address => address.TrimStart('+')))
            .Distinct()
            .SelectMany(address => new[] { address, $"whatsapp:{address}" }),
    ];

    /// <returns>Null when the request names a contact that does not exist. An address without a contact still gives a person.</returns>
    public static async Task<DataSubject?> FindAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, ErasureRequest request, CancellationToken ct)
    {
        var key = request.Address is null ? null : AddressKey.From(request.Address);
        var contactId = await tx.QueryOneAsync<Guid?>(SelectContactId, new { TenantId = tenantId, request.ContactId, Key = key }, ct);
        if (contactId is null && request.Address is null)
        {
            return null;
        }

        var keys = await tx.QueryAsync<string>(SelectAddressKeys, new { TenantId = tenantId, ContactId = contactId, Key = key }, ct);
        keys.Sort(StringComparer.Ordinal);
        var hashes = keys.Select(address => hash.Hash(tenantId, address)).ToArray();
        return new DataSubject(tenantId, contactId, [.. keys], hashes, [.. keys.SelectMany(address => hash.HashAll(tenantId, address))]);
    }

    /// <summary>As <see cref="FindAsync"/>, and takes the locks that block new data about the person until the transaction ends.</summary>
    public static async Task<DataSubject?> FindAndLockAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, ErasureRequest request, CancellationToken ct)
    {
        await ContactLocks.LockForErasureAsync(tx, tenantId, ct);
        var locked = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            // Read again after each lock: another transaction may have added an address to the contact before we held its lock.
            var person = await FindAsync(tx, hash, tenantId, request, ct);
            var missing = person?.Keys.Except(locked).ToList() ?? [];
            if (missing.Count == 0)
            {
                return person;
            }

            await ContactLocks.LockAddressesAsync(tx, tenantId, missing, ct);
            locked.UnionWith(missing);
        }
    }
}
