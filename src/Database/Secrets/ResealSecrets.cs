using System.Security.Cryptography;
using Npgsql;
using Relais.Platform.Secrets;

namespace Relais.Database.Secrets;

/// <summary>The result of a run of <see cref="ResealSecrets"/>.</summary>
/// <param name="Resealed">The number of secrets that the run sealed with the active key.</param>
/// <param name="Unreadable">The number of secrets that no key of the ring opens; they are unchanged.</param>
/// <param name="UnreadableActive">The number of unreadable secrets that were sealed with the id of the active key.</param>
/// <param name="ByKey">The number of secrets by key id, after the run.</param>
public sealed record ResealReport(int Resealed, int Unreadable, int UnreadableActive, IReadOnlyDictionary<string, long> ByKey);

/// <summary>
/// Seals every provider secret again with the active key, in small pages while the app runs. The update skips a secret that the app
/// changed after the page was read. A secret that already uses the active key is opened too, to detect a changed key value. The run may
/// be stopped and repeated at any time.
/// </summary>
public static class ResealSecrets
{
    private const int PageSize = 200;

    // The order matters: a secret that the app replaces during the run moves from the first column to the second.
    private static readonly string[] Columns = ["secret", "previous_secret"];

    private const string CountSecretsByKey = """
        select key, count(*)
        from provider_accounts, unnest(array[secret_key_id, previous_secret_key_id]) as k (key)
        where key is not null
        group by key
        order by key
        """;

    private sealed record Row(Guid Id, Guid TenantId, byte[] Secret, string KeyId);

    /// <param name="systemConnectionString">The connection string of the role relais_system.</param>
    /// <param name="ring">The old keys and the new key: key id to 32 bytes.</param>
    /// <param name="activeKeyId">The id of the key that seals from now on.</param>
    /// <param name="ct">Stops the run. Pages that are already written stay.</param>
    /// <exception cref="ArgumentException">A key does not have 32 bytes, or the active key is not in the ring.</exception>
    public static async Task<ResealReport> RunAsync(
        string systemConnectionString, IReadOnlyDictionary<string, byte[]> ring, string activeKeyId, CancellationToken ct = default)
    {
        var box = new SecretBox(ring, activeKeyId);
        await using var source = NpgsqlDataSource.Create(systemConnectionString);
        var (resealed, unreadable, unreadableActive) = (0, 0, 0);
        foreach (var column in Columns)
        {
            var after = Guid.Empty;
            while (await ReadPageAsync(source, column, after, ct) is [.., var last] page)
            {
                var results = page.ConvertAll(row => (Row: row, Sealed: Reseal(box, row)));
                unreadable += results.Count(result => result.Sealed is null);
                unreadableActive += results.Count(result => result.Sealed is null && result.Row.KeyId == activeKeyId);
                var changes = results
                    .Where(result => result.Sealed is not null && result.Row.KeyId != activeKeyId)
                    .Select(result => (result.Row, result.Sealed!));
                resealed += await WritePageAsync(source, column, activeKeyId, [.. changes], ct);
                after = last.Id;
            }
        }

        return new ResealReport(resealed, unreadable, unreadableActive, await CountAsync(source, ct));
    }

    private static string SelectPage(string column) => $"""
        select id, tenant_id, {column}, {column}_key_id
        from provider_accounts
        where {column} is not null and id > $1
        order by id
        limit $2
        """;

    private static string UpdatePage(string column) => $"""
        update provider_accounts a
        set {column} = s.secret, {column}_key_id = $1
        from unnest($2, $3, $4) as s (id, old, secret)
        where a.id = s.id and a.{column} = s.old
        """;

    /// <returns>The secret, sealed with the active key; null if no key opens it.</returns>
    private static byte[]? Reseal(SecretBox box, Row row)
    {
        try
        {
            return box.Seal(box.Open(row.Secret, row.KeyId, row.TenantId), row.TenantId);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static async Task<List<Row>> ReadPageAsync(NpgsqlDataSource source, string column, Guid after, CancellationToken ct)
    {
        await using var command = source.CreateCommand(SelectPage(column));
        AddParameters(command, after, PageSize);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<Row>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new Row(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2), reader.GetString(3)));
        }

        return rows;
    }

    private static async Task<int> WritePageAsync(
        NpgsqlDataSource source, string column, string activeKeyId, IReadOnlyList<(Row Row, byte[] Sealed)> changes, CancellationToken ct)
    {
        await using var command = source.CreateCommand(UpdatePage(column));
        AddParameters(
            command,
            activeKeyId,
            changes.Select(change => change.Row.Id).ToArray(),
            changes.Select(change => change.Row.Secret).ToArray(),
            changes.Select(change => change.Sealed).ToArray());
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<Dictionary<string, long>> CountAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(CountSecretsByKey);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var counts = new Dictionary<string, long>();
        while (await reader.ReadAsync(ct))
        {
            counts.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return counts;
    }

    private static void AddParameters(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}
