using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;
using Npgsql;

namespace Microsoft.DurableTask.Store;

internal static class ReadInstances
{
    private const string One = """
        select id, name, status, created_at, updated_at, tags, input, output, custom_status
        from instances
        where id = @id
        """;

    private const string Many = """
        select id, name, status, created_at, updated_at, tags, case when @inputs then input end, output, custom_status
        from instances
        where (@after is null or id > @after)
          and (@prefix is null or starts_with(id, @prefix) and id >= @prefix)
          and (@from is null or created_at >= @from)
          and (@to is null or created_at <= @to)
          and (@statuses is null or status = any(@statuses))
        order by id
        limit @size
        """;

    public static async Task<OrchestrationMetadata?> OneAsync(Db db, string id, bool payloads, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(One).With("id", id);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Read(reader, payloads, payloads) : null;
    }

    public static async Task<Page<OrchestrationMetadata>> PageAsync(
        Db db, OrchestrationQuery query, string? after, int size, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(Many)
            .With("after", after)
            .With("prefix", string.IsNullOrEmpty(query.InstanceIdPrefix) ? null : query.InstanceIdPrefix)
            .With("from", query.CreatedFrom?.UtcDateTime)
            .With("to", query.CreatedTo?.UtcDateTime)
            .With("statuses", query.Statuses?.Select(status => (short)status).ToArray())
            .With("inputs", query.FetchInputsAndOutputs)
            .With("size", size);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var found = new List<OrchestrationMetadata>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(Read(reader, true, query.FetchInputsAndOutputs));
        }

        return new(found, found.Count < size ? null : found[^1].InstanceId);
    }

    private static OrchestrationMetadata Read(NpgsqlDataReader reader, bool payloads, bool readable) =>
        new(reader.GetString(1), reader.GetString(0))
        {
            RuntimeStatus = (OrchestrationRuntimeStatus)reader.GetInt16(2),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(3),
            LastUpdatedAt = reader.GetFieldValue<DateTimeOffset>(4),
            Tags = reader.TextOrNull(5) is { } tags
                ? JsonSerializer.Deserialize<Dictionary<string, string>>(tags)!
                : ImmutableDictionary<string, string>.Empty,
            SerializedInput = payloads ? reader.TextOrNull(6) : null,
            SerializedOutput = payloads ? reader.TextOrNull(7) : null,

            // Never set is null as JSON, not absent.
            SerializedCustomStatus = payloads ? reader.TextOrNull(8) ?? "null" : null,
            DataConverter = readable ? Json.Converter : null,
        };
}
