using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Consent;

/// <summary>
/// STOP survives erasure. Whoever makes an address known again (an import, an inbound message, a form) calls this in the same
/// transaction: what an erased person said about that address stands in clear again before anything can be sent.
/// </summary>
internal static class RestoreSuppressions
{
    private const string HasHashedSuppressions = "select exists (select from suppressions where tenant_id = @TenantId and address like 'erased:%')";

    private const string RestoreHashedSuppressions = """
        with back as (
          delete from suppressions
          where tenant_id = @TenantId and address = any(@Hashes) and address like 'erased:%'
          returning channel, address as hash, since, source
        )
        insert into suppressions as s (tenant_id, channel, address, since, source)
        select distinct on (b.channel, k.key) @TenantId, b.channel, k.key, b.since, b.source
        from back b
        join unnest(@Keys, @Hashes) as k (key, hash) on k.hash = b.hash
        order by b.channel, k.key, b.since desc
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
    /// For an opt-out that arrives for an erased person: when a contact has the address again, the opt-out stands in clear at once and stops
    /// campaigns that have the address already.
    /// </summary>
    public static async Task ForHashesAsync(NpgsqlTransaction tx, Guid tenantId, IReadOnlyCollection<string> hashes, CancellationToken ct)
    {
        var known = await tx.QueryAsync<IdentityRow>(SelectIdentitiesByHash, new { TenantId = tenantId, Hashes = hashes.ToArray() }, ct);
        if (known.Count == 0)
        {
            return;
        }

        await RestoreAsync(tx, tenantId, known.ConvertAll(row => (row.Key, row.Hash)), ct);
        foreach (var contact in known.Select(row => row.ContactId).Distinct())
        {
            await CopySuppressionsToAllAddresses.RunAsync(tx, tenantId, contact, ct);
        }
    }

    /// <returns>How many came back.</returns>
    public static async Task<int> RunAsync(NpgsqlTransaction tx, AddressHash hash, Guid tenantId, IReadOnlyCollection<string> addresses, CancellationToken ct)
    {
        if (!await tx.QueryOneAsync<bool>(HasHashedSuppressions, new { TenantId = tenantId }, ct))
        {
            return 0;
        }

        return await RestoreAsync(
            tx, tenantId, [.. addresses.SelectMany(address => hash.HashAll(tenantId, address).Select(one => (AddressKey.From(address), one)))], ct);
    }

    private static Task<int> RestoreAsync(NpgsqlTransaction tx, Guid tenantId, List<(string Key, string Hash)> pairs, CancellationToken ct) =>
        tx.ExecuteAsync(RestoreHashedSuppressions, new
        {
            TenantId = tenantId,
            Keys = pairs.Select(pair => pair.Key).ToArray(),
            Hashes = pairs.Select(pair => pair.Hash).ToArray(),
        }, ct);
}
