using Microsoft.Extensions.Hosting;
using Npgsql;
using Relais.Consent;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Privacy;

/// <summary>
/// Stops the app when the hash key is not the one under which persons were erased: with another key, their opt-outs would silently stop
/// matching. With the right key, fills the missing hashes of contact identities.
/// </summary>
internal sealed class CheckHashKeyAtStart(SystemDb db, AddressHash hash, FillAddressHashes fill, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // Reads only the first and the last hash of each tenant, by an index. Hashes of one key share a prefix and sort together, so a hash of
    // another key is first or last.
    internal const string HasHashesOfAnotherKey = """
        select exists (
          select from tenants t
          cross join lateral (
            (select address_hash as hash from consent_proofs where tenant_id = t.id order by address_hash limit 1)
            union all
            (select address_hash from consent_proofs where tenant_id = t.id order by address_hash desc limit 1)
            union all
            (select address from suppressions where tenant_id = t.id and address like 'erased:%' order by address limit 1)
            union all
            (select address from suppressions where tenant_id = t.id and address like 'erased:%' order by address desc limit 1)
          ) h
          where not starts_with(h.hash, @Prefix))
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CheckAsync(stoppingToken);
                await fill.RunAsync(stoppingToken);
                return;
            }
            catch (NpgsqlException)
            {
                // The app tolerates a database outage. Nothing can be erased or restored during the outage, so the check may wait.
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    internal async Task CheckAsync(CancellationToken ct)
    {
        if (await db.RunAsync(tx => tx.QueryOneAsync<bool>(HasHashesOfAnotherKey, new { hash.Prefix }, ct), ct))
        {
            throw new InvalidOperationException(
                "Privacy__HashKey is missing, or is not the key under which persons were erased from this database: " +
                "their opt-outs would not be recognised. Restore the previous key.");
        }
    }
}
