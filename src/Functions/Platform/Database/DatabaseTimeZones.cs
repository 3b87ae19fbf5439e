using System.Collections.Frozen;
using Npgsql;

namespace Relais.Platform.Database;

/// <summary>The time zones of the database, which judges hours and whose list may be another than ours. Listing them is slow, so that each process does it once.</summary>
internal static class DatabaseTimeZones
{
    private const string SelectZoneNames = "select name from pg_timezone_names";

    private static FrozenSet<string>? known;

    public static async Task<bool> ContainsAsync(NpgsqlTransaction tx, string zone, CancellationToken ct)
    {
        var names = Volatile.Read(ref known);
        if (names is null)
        {
            names = (await tx.QueryAsync<string>(SelectZoneNames, new { }, ct)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
            Volatile.Write(ref known, names);
        }

        return names.Contains(zone);
    }
}
