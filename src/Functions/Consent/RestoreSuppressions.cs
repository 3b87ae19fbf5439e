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
    private const string Any = "select exists (select from suppressions where tenant_id = @TenantId and address like 'erased:%')";

    private const string Restore = """
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

    private const string Known = "select contact_id, value from contact_identities where tenant_id = @TenantId";

    private sealed class KnownRow
    {
        public required Guid ContactId { get; init; }
        public required string Value { get; init; }
    }

    /// <summary>For a refusal that came when its address may be known again. Who it is, is found by the hash of everybody: it is rare.</summary>
    public static async Task KnownAsync(NpgsqlTransaction tx, AddressHash hash, Guid tenantId, IReadOnlySet<string> hashes, CancellationToken ct)
    {
        var known = hash.HasKey ? await tx.QueryAsync<KnownRow>(Known, new { TenantId = tenantId }, ct) : [];
        foreach (var row in known.Where(row => hash.AllOf(tenantId, row.Value).Any(hashes.Contains)))
        {
            await RunAsync(tx, hash, tenantId, [row.Value], ct);
            await ShareSuppressions.RunAsync(tx, tenantId, row.ContactId, ct);
        }
    }

    /// <returns>How many came back.</returns>
    public static async Task<int> RunAsync(NpgsqlTransaction tx, AddressHash hash, Guid tenantId, IReadOnlyCollection<string> addresses, CancellationToken ct)
    {
        if (!await tx.QueryOneAsync<bool>(Any, new { TenantId = tenantId }, ct))
        {
            return 0;
        }

        var pairs = addresses.SelectMany(address => hash.AllOf(tenantId, address).Select(one => (Key: AddressKey.Of(address), Hash: one))).ToList();
        return await tx.ExecuteAsync(Restore, new
        {
            TenantId = tenantId,
            Keys = pairs.Select(pair => pair.Key).ToArray(),
            Hashes = pairs.Select(pair => pair.Hash).ToArray(),
        }, ct);
    }
}
