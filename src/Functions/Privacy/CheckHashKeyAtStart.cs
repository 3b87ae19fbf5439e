using Microsoft.Extensions.Hosting;
using Npgsql;
using Relais.Consent;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Privacy;

/// <summary>Another key would forget every STOP of an erased person without a word: the app stops instead, as soon as the database tells. The right key is used to fill missing hashes.</summary>
internal sealed class CheckHashKeyAtStart(SystemDb db, AddressHash hash, FillAddressHashes fill, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // the first and the last hash of each tenant, by an index: hashes under one key stand together, so another key's are at one end
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
                // the app works without the database for a while; so long nobody is erased or restored either
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    internal async Task CheckAsync(CancellationToken ct)
    {
        if (await db.RunAsync(tx => tx.QueryOneAsync<bool>(HasHashesOfAnotherKey, new { hash.Prefix }, ct), ct))
        {
            throw new InvalidOperationException(
                "The setting Privacy__HashKey is missing or not the key under which persons were erased from this database: their refusals could not be recognised. Put the former key back.");
        }
    }
}
