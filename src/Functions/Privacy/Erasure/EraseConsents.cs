using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Erasure;

/// <summary>Moves the consent history to the proofs and keeps opt-outs in force, both under the hash of the address.</summary>
internal static class EraseConsents
{
    private const string MoveConsentsToProofs = "select move_consents_to_proofs(@Addresses, @AddressHashes, @Now)";

    private const string HashSuppressions = """
        with deleted as (
          delete from suppressions s
          using unnest(@Keys, @Hashes) as k (key, hash)
          where s.tenant_id = @TenantId and s.address = k.key
          returning s.channel, k.hash, s.since, s.source
        )
        insert into suppressions as s (tenant_id, channel, address, since, source)
        select @TenantId, channel, hash, since, source from deleted order by channel, hash
        on conflict (tenant_id, channel, address) do update set since = greatest(s.since, excluded.since)
        """;

    public static async Task RunAsync(
        NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, DateTimeOffset now, CancellationToken ct)
    {
        var key = new { person.TenantId, person.Addresses, person.AddressHashes, person.Keys, person.Hashes, Now = now.UtcDateTime };
        erased.ConsentProofs += await tx.QueryOneAsync<int>(MoveConsentsToProofs, key, ct);
        erased.Suppressions += await tx.ExecuteAsync(HashSuppressions, key, ct);
    }
}
