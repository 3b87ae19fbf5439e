using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;
using Npgsql;

namespace Microsoft.DurableTask.Store;

internal sealed record Claimed(Lease Lease, List<HistoryEvent> History, List<Message> Messages);

/// <summary>Takes the leases of instances that have something to do, with all that is needed to go on.</summary>
internal static class ClaimInstances
{
    /// <summary>More stay in the inbox for the next step.</summary>
    public const int MessagesAtOnce = 1000;

    private const string Ready = """
        i.owner is null and (i.status = 6 and (i.start_at is null or i.start_at <= @now)
            or i.status = 0 and exists (select from inbox b where b.instance_id = i.id))
        """;

    private const string Claim = $"""
        with ready as (
            select i.id
            from instances i
            where i.id = any(@ids) and {Ready}
            order by i.id
            for update)
        update instances i
        set owner = @me, epoch = i.epoch + 1
        from ready
        where i.id = ready.id
        returning i.id, i.life, i.epoch, i.name, i.version, i.status, i.input, i.parent_id, i.parent_name
        """;

    // The holder may release an instance between the claim and this statement, without having seen the news:
    // the instance then has no owner and is still ready.
    private const string NotClaimed = $"""
        select i.id, i.owner
        from instances i
        where i.id = any(@ids) and (i.owner <> @me or {Ready})
        """;

    private const string History = """
        select life, kind, at, task, name, payload
        from history
        where life = any(@lives)
        order by life, seq
        """;

    private const string Inbox = """
        select b.instance_id, b.seq, b.life, b.kind, b.task, b.name, b.payload
        from unnest(@ids) as wanted(id)
        cross join lateral (
            select * from inbox where instance_id = wanted.id order by seq limit @most) as b
        order by b.instance_id, b.seq
        """;

    /// <returns>
    /// The claimed instances, and those that must be told again: another process holds them and has to read their inbox, or has just released them.
    /// </returns>
    public static async Task<(List<Claimed> Claimed, List<Target> NotClaimed)> ExecuteAsync(
        Db db, string[] ids, long me, DateTime now, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var claim = new NpgsqlBatch(connection);
        claim.Then(Claim).With("ids", ids).With("me", me).With("now", now);
        claim.Then(NotClaimed).With("ids", ids).With("me", me).With("now", now);
        var leases = new List<Lease>();
        var notClaimed = new List<Target>();
        await using (var reader = await claim.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                leases.Add(ReadLease(reader, me));
            }

            await reader.NextResultAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                notClaimed.Add(new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetInt64(1)));
            }
        }

        return (leases.Count == 0 ? [] : await LoadAsync(connection, leases, cancellation), notClaimed);
    }

    public static async Task<List<Message>> InboxAsync(NpgsqlConnection connection, string id, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(Inbox).With("ids", new[] { id }).With("most", MessagesAtOnce);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var messages = new List<Message>();
        while (await reader.ReadAsync(cancellation))
        {
            messages.Add(ReadMessage(reader));
        }

        return messages;
    }

    private static async Task<List<Claimed>> LoadAsync(NpgsqlConnection connection, List<Lease> leases, CancellationToken cancellation)
    {
        await using var load = new NpgsqlBatch(connection);
        load.Then(History).With("lives", leases.Where(l => l.Status == OrchestrationRuntimeStatus.Running).Select(l => l.Life).ToArray());
        load.Then(Inbox).With("ids", leases.Select(l => l.Id).ToArray()).With("most", MessagesAtOnce);
        var claimed = leases.ConvertAll(lease => new Claimed(lease, [], []));
        var byLife = claimed.ToDictionary(c => c.Lease.Life);
        var byId = claimed.ToDictionary(c => c.Lease.Id);
        await using var reader = await load.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            byLife[reader.GetGuid(0)].History.Add(new(
                (EventKind)reader.GetInt16(1), reader.GetDateTime(2), reader.GetInt32(3), reader.TextOrNull(4), reader.TextOrNull(5)));
        }

        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            byId[reader.GetString(0)].Messages.Add(ReadMessage(reader));
        }

        return claimed;
    }

    private static Lease ReadLease(NpgsqlDataReader reader, long me) => new(reader.GetString(0), reader.GetGuid(1), reader.GetInt64(2), me)
    {
        Name = reader.GetString(3),
        Version = reader.GetString(4),
        Status = (OrchestrationRuntimeStatus)reader.GetInt16(5),
        Input = reader.TextOrNull(6),
        ParentId = reader.TextOrNull(7),
        ParentName = reader.TextOrNull(8),
    };

    private static Message ReadMessage(NpgsqlDataReader reader) => new(
        reader.GetInt64(1),
        reader.IsDBNull(2) ? null : reader.GetGuid(2),
        (EventKind)reader.GetInt16(3),
        reader.GetInt32(4),
        reader.TextOrNull(5),
        reader.TextOrNull(6));
}
