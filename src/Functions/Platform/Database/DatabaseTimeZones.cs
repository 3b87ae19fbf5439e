using System.Collections.Frozen;
using Npgsql;

namespace Relais.Platform.Database;

/// <summary>
/// Checks whether PostgreSQL supports a time zone. Sending hours are computed in SQL, and the list of PostgreSQL can differ from .NET's.
/// The list is slow to read, so each process reads it once.
/// </summary>
internal static class DatabaseTimeZones
{
    private const string SelectZoneNames = "select name from pg_timezone_names";

    private static FrozenSet<string>? cached;

    /// <param name="tx">Used by the first call only.</param>
    /// <param name="zone">IANA name such as Europe/Paris, in upper or lower case.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<bool> ContainsAsync(NpgsqlTransaction tx, string zone, CancellationToken ct)
    {
        var names = Volatile.Read(ref cached);
        if (names is null)
        {
            names = (await tx.QueryAsync<string>(SelectZoneNames, new { }, ct)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
            Volatile.Write(ref cached, names);
        }

        return names.Contains(zone);
    }
}
