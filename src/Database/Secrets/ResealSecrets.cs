using System.Security.Cryptography;
using Npgsql;
using Relais.Platform.Secrets;

namespace Relais.Database.Secrets;

/// <summary>What a run did.</summary>
/// <param name="Resealed">Secrets now under the active key.</param>
/// <param name="Unreadable">Secrets that no key of the ring opens; left as they are.</param>
/// <param name="UnreadableActive">Those of them that bear the id of the active key.</param>
/// <param name="ByKey">Secrets by key id, afterwards.</param>
public sealed record ResealReport(int Resealed, int Unreadable, int UnreadableActive, IReadOnlyDictionary<string, long> ByKey);

/// <summary>
/// Seals every provider secret anew with the active key, in small pages while the app works. A secret that is changed meanwhile stays
/// as it was changed: the statement only touches what it read. What is under the active key is opened too, to know that it can be. May be stopped and run again at any time.
/// </summary>
public static class ResealSecrets
{
    private const int PageSize = 200;

    // in this order: one that is replaced meanwhile moves from the first to the second
    private static readonly string[] Columns = ["secret", "previous_secret"];

    private const string CountByKey = """
        select key, count(*)
        from provider_accounts, unnest(array[secret_key_id, previous_secret_key_id]) as k (key)
        where key is not null
        group by key
        order by key
        """;

    private sealed record Row(Guid Id, Guid TenantId, byte[] Secret, string KeyId);

    /// <param name="systemConnectionString">Of the role relais_system.</param>
    /// <param name="ring">Key id to 32 bytes; the old ones and the new one.</param>
    /// <param name="activeKeyId">The one that seals from now on.</param>
    /// <param name="ct">Stops between pages.</param>
    /// <exception cref="ArgumentException">A key has another length, or the active one is not in the ring.</exception>
    public static async Task<ResealReport> RunAsync(
        string systemConnectionString, IReadOnlyDictionary<string, byte[]> ring, string activeKeyId, CancellationToken ct = default)
    {
        var box = new SecretBox(ring, activeKeyId);
        await using var source = NpgsqlDataSource.Create(systemConnectionString);
        var (resealed, unreadable, unreadableActive) = (0, 0, 0);
        foreach (var column in Columns)
        {
            var after = Guid.Empty;
            while (await ReadAsync(source, column, after, ct) is [.., var last] page)
            {
                var tried = page.ConvertAll(row => (Row: row, Box: Reseal(box, row)));
                unreadable += tried.Count(pair => pair.Box is null);
                unreadableActive += tried.Count(pair => pair.Box is null && pair.Row.KeyId == activeKeyId);
                resealed += await WriteAsync(source, column, activeKeyId, [.. tried.Where(pair => pair.Box is not null && pair.Row.KeyId != activeKeyId).Select(pair => (pair.Row, pair.Box!))], ct);
                after = last.Id;
            }
        }

        return new ResealReport(resealed, unreadable, unreadableActive, await CountAsync(source, ct));
    }

    private static string ReadPage(string column) => $"""
        select id, tenant_id, {column}, {column}_key_id
        from provider_accounts
        where {column} is not null and id > $1
        order by id
        limit $2
        """;

    private static string WritePage(string column) => $"""
        update provider_accounts a
        set {column} = s.secret, {column}_key_id = $1
        from unnest($2, $3, $4) as s (id, old, secret)
        where a.id = s.id and a.{column} = s.old
        """;

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

    private static async Task<List<Row>> ReadAsync(NpgsqlDataSource source, string column, Guid after, CancellationToken ct)
    {
        await using var command = source.CreateCommand(ReadPage(column));
        Add(command, after, PageSize);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<Row>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new Row(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2), reader.GetString(3)));
        }

        return rows;
    }

    private static async Task<int> WriteAsync(NpgsqlDataSource source, string column, string activeKeyId, IReadOnlyList<(Row Row, byte[] Box)> page, CancellationToken ct)
    {
        await using var command = source.CreateCommand(WritePage(column));
        Add(
            command,
            activeKeyId,
            page.Select(pair => pair.Row.Id).ToArray(),
            page.Select(pair => pair.Row.Secret).ToArray(),
            page.Select(pair => pair.Box).ToArray());
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<Dictionary<string, long>> CountAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(CountByKey);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var counts = new Dictionary<string, long>();
        while (await reader.ReadAsync(ct))
        {
            counts.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return counts;
    }

    private static void Add(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}
