using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Consent;

/// <summary>
/// Writes the hash of each contact identity that has no hash, or one of another key, in short transactions of one page each. It has work
/// only after the key was set or changed: otherwise an identity gets its hash when it is inserted.
/// </summary>
internal sealed class FillAddressHashes(SystemDb db, AddressHash hash)
{
    /// <summary>Maximum identities in one transaction.</summary>
    internal int PageSize { get; init; } = 1_000;

    // Reads three ranges of the index for each tenant: no hash, and hashes that sort before or after those of this key.
    private const string SelectStaleHashes = """
        select i.tenant_id, i.kind, i.key
        from tenants t
        cross join lateral (
          (select tenant_id, kind, key from contact_identities where tenant_id = t.id and address_hash is null limit @PageSize)
          union all
          (select tenant_id, kind, key from contact_identities where tenant_id = t.id and address_hash < @Prefix limit @PageSize)
          union all
          (select tenant_id, kind, key from contact_identities where tenant_id = t.id and address_hash > @PrefixEnd limit @PageSize)
        ) i
        limit @PageSize
        """;

    private const string UpdateHashes = """
        update contact_identities i set address_hash = h.hash
        from unnest(@TenantIds, @Kinds, @Keys, @Hashes) as h (tenant_id, kind, key, hash)
        where i.tenant_id = h.tenant_id and i.kind = h.kind and i.key = h.key
        """;

    /// <returns>The number of identities that got a hash.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var (filled, page) = (0, PageSize);
        while (hash.HasKey && page == PageSize)
        {
            page = await db.RunAsync(tx => FillPageAsync(tx, ct), ct);
            filled += page;
        }

        return filled;
    }

    private async Task<int> FillPageAsync(NpgsqlTransaction tx, CancellationToken ct)
    {
        // Every hash of a key sorts between its prefix and the prefix followed by the highest printable ASCII character.
        var identities = await tx.QueryAsync<IdentityRow>(
            SelectStaleHashes, new { PageSize, hash.Prefix, PrefixEnd = hash.Prefix + '~' }, ct);
        if (identities.Count > 0)
        {
            await tx.ExecuteAsync(UpdateHashes, new
            {
                TenantIds = identities.Select(row => row.TenantId).ToArray(),
                Kinds = identities.Select(row => row.Kind).ToArray(),
                Keys = identities.Select(row => row.Key).ToArray(),
                Hashes = identities.Select(row => hash.Hash(row.TenantId, row.Key)).ToArray(),
            }, ct);
        }

        return identities.Count;
    }

    private sealed record IdentityRow
    {
        public required Guid TenantId { get; init; }
        public required string Kind { get; init; }
        public required string Key { get; init; }
    }
}
