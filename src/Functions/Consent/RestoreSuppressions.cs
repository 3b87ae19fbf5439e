using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Consent;

/// <summary>
/// Restores the opt-outs of erased persons. Called in each transaction that stores an address (an import, an inbound message, a form): an
/// opt-out that is kept under the hash of that address is moved back to the address before anything can be sent to it.
/// </summary>
internal static class RestoreSuppressions
{
    private const string HasHashedSuppressions = """
        select exists (select from suppressions where tenant_id = @TenantId and address like 'erased:%')
        """;

    private const string RestoreHashedSuppressions = """
        with hashed as (
          delete from suppressions
          where tenant_id = @TenantId and address = any(@Hashes) and address like 'erased:%'
          returning channel, address as hash, since, source
        )
        insert into suppressions as s (tenant_id, channel, address, since, source)
        select distinct on (h.channel, k.key) @TenantId, h.channel, k.key, h.since, h.source
        from hashed h
        join unnest(@Keys, @Hashes) as k (key, hash) on k.hash = h.hash
        order by h.channel, k.key, h.since desc
        on conflict (tenant_id, channel, address) do update set since = greatest(s.since, excluded.since)
        """;

    private const string SelectIdentitiesByHash = """
        select contact_id, key, address_hash as hash from contact_identities where tenant_id = @TenantId and address_hash = any(@Hashes)
        """;

    private sealed class IdentityRow
    {
        public required Guid ContactId { get; init; }
        public required string Key { get; init; }
        public required string Hash { get; init; }
    }

    /// <summary>
    /// Called when an opt-out arrives for the hash of an erased address. If a contact has that address again, the opt-out is moved to the
    /// address now, because a running campaign may already contain it, and copied to all addresses of the contact.
    /// </summary>
    public static async Task RestoreForHashesAsync(
        NpgsqlTransaction tx, Guid tenantId, IReadOnlyCollection<string> hashes, CancellationToken ct)
    {
        var identities = await tx.QueryAsync<IdentityRow>(
            SelectIdentitiesByHash, new { TenantId = tenantId, Hashes = hashes.ToArray() }, ct);
        if (identities.Count == 0)
        {
            return;
        }

        await RestoreAsync(tx, tenantId, identities.ConvertAll(row => (row.Key, row.Hash)), ct);
        foreach (var contactId in identities.Select(row => row.ContactId).Distinct())
        {
            await CopySuppressionsToAllAddresses.RunAsync(tx, tenantId, contactId, ct);
        }
    }

    /// <param name="addresses">The addresses that the transaction stores, in any spelling.</param>
    /// <returns>The number of restored opt-outs.</returns>
    public static async Task<int> RunAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, IReadOnlyCollection<string> addresses, CancellationToken ct)
    {
        if (!await tx.QueryOneAsync<bool>(HasHashedSuppressions, new { TenantId = tenantId }, ct))
        {
            return 0;
        }

        var pairs = addresses.SelectMany(address => hash.HashAll(tenantId, address).Select(hashed => (AddressKey.From(address), hashed)));
        return await RestoreAsync(tx, tenantId, [.. pairs], ct);
    }

    private static Task<int> RestoreAsync(
        NpgsqlTransaction tx, Guid tenantId, List<(string Key, string Hash)> pairs, CancellationToken ct) =>
        tx.ExecuteAsync(RestoreHashedSuppressions, new
        {
            TenantId = tenantId,
            Keys = pairs.Select(pair => pair.Key).ToArray(),
            Hashes = pairs.Select(pair => pair.Hash).ToArray(),
        }, ct);
}
