using Microsoft.Extensions.Hosting;
using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Privacy;

/// <summary>Another key would forget every STOP of an erased person without a word: the app stops instead, as soon as the database tells.</summary>
internal sealed class HashKeyCheck(SystemDb db, AddressHash hash, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private const string Foreign = """
        select exists (select from suppressions where address like 'erased:%' and not starts_with(address, @Prefix))
          or exists (select from consent_proofs where not starts_with(address_hash, @Prefix))
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CheckAsync(stoppingToken);
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
        if (await db.RunAsync(tx => tx.QueryOneAsync<bool>(Foreign, new { hash.Prefix }, ct), ct))
        {
            throw new InvalidOperationException(
                "The setting Privacy__HashKey is missing or not the key under which persons were erased from this database: their refusals could not be recognised. Put the former key back.");
        }
    }
}
