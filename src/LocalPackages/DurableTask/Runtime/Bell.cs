using Dapper;
using Microsoft.DurableTask.Store;
using Npgsql;

namespace Microsoft.DurableTask.Runtime;

/// <summary>One connection per process that listens to the others, and whose session lock tells them that this process is there.</summary>
internal sealed class Bell(Db db, Membership membership)
{
    private const string Hold = "select pg_try_advisory_lock(hashtext(@schema), @me)";

    private static readonly TimeSpan Check = TimeSpan.FromSeconds(2);

    /// <summary>Listens until the connection breaks.</summary>
    public async Task ListenAsync(Action<string> heard, Action connected, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        connection.Notification += (_, e) => heard(e.Payload);
        await connection.ExecuteAsync(new CommandDefinition($"listen \"{db.Channel}\"", cancellationToken: cancellation));
        long held = 0;
        connected();
        while (true)
        {
            // Also shows whether the connection is still there.
            var me = membership.Id;
            if (me != held && await HoldAsync(connection, me, cancellation))
            {
                held = me;
            }
            else
            {
                await connection.ExecuteAsync(new CommandDefinition("select 1", cancellationToken: cancellation));
            }

            await connection.WaitAsync(Check, cancellation);
        }
    }

    private Task<bool> HoldAsync(NpgsqlConnection connection, long me, CancellationToken cancellation) =>
        connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(Hold, new { schema = db.Schema, me = (int)me }, cancellationToken: cancellation));
}
