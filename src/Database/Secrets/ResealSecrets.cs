using System.Security.Cryptography;
using Npgsql;
using Relais.Platform.Secrets;

namespace Relais.Database.Secrets;

/// <summary>What a run did.</summary>
/// <param name="Resealed">Rows now under the active key.</param>
/// <param name="Unreadable">Rows that no key of the ring opens; left as they are.</param>
/// <param name="UnreadableActive">Those of them that bear the id of the active key.</param>
/// <param name="ByKey">Rows by key id, afterwards.</param>
public sealed record ResealReport(int Resealed, int Unreadable, int UnreadableActive, IReadOnlyDictionary<string, long> ByKey);

/// <summary>
/// Seals every provider secret anew with the active key, in small pages while the app works. A secret that is changed meanwhile stays
/// as it was changed: the statement only touches what it read. What is under the active key is opened too, to know that it can be. May be stopped and run again at any time.
/// </summary>
public static class ResealSecrets
{
    private const int PageSize = 200;

    private const string ReadPage = """
        select id, tenant_id, secret, secret_key_id
        from provider_accounts
        where id > $1
        order by id
        limit $2
        """;

    private const string WritePage = """
        update provider_accounts a
        set secret = s.secret, secret_key_id = $1
        from unnest($2, $3, $4) as s (id, old, secret)
        where a.id = s.id and a.secret = s.old
        """;

    private const string CountByKey = "select secret_key_id, count(*) from provider_accounts group by secret_key_id order by secret_key_id";

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
        var (resealed, unreadable, unreadableActive, after) = (0, 0, 0, Guid.Empty);
        while (true)
        {
            var page = await ReadAsync(source, after, ct);
            if (page.Count == 0)
            {
                return new ResealReport(resealed, unreadable, unreadableActive, await CountAsync(source, ct));
            }

            var tried = page.ConvertAll(row => (Row: row, Box: Reseal(box, row)));
            unreadable += tried.Count(pair => pair.Box is null);
            unreadableActive += tried.Count(pair => pair.Box is null && pair.Row.KeyId == activeKeyId);
            resealed += await WriteAsync(source, activeKeyId, [.. tried.Where(pair => pair.Box is not null && pair.Row.KeyId != activeKeyId).Select(pair => (pair.Row, pair.Box!))], ct);
            after = page[^1].Id;
        }
    }

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

    private static async Task<List<Row>> ReadAsync(NpgsqlDataSource source, Guid after, CancellationToken ct)
    {
        await using var command = source.CreateCommand(ReadPage);
        Add(command, after, PageSize);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<Row>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new Row(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<byte[]>(2), reader.GetString(3)));
        }

        return rows;
    }

    private static async Task<int> WriteAsync(NpgsqlDataSource source, string activeKeyId, IReadOnlyList<(Row Row, byte[] Box)> page, CancellationToken ct)
    {
        await using var command = source.CreateCommand(WritePage);
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
