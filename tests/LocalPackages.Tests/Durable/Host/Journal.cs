using Npgsql;

namespace DurableHost;

/// <summary>What ran where and when, in a table of the test.</summary>
public sealed class Journal(NpgsqlDataSource source)
{
    public void Write(string what, string instance, string token, DateTime begun)
    {
        using var command = source.CreateCommand(
            "insert into public.journal (what, instance, token, process, begun, ended) values ($1, $2, $3, $4, $5, $6)");
        command.Parameters.AddWithValue(what);
        command.Parameters.AddWithValue(instance);
        command.Parameters.AddWithValue(token);
        command.Parameters.AddWithValue(Environment.ProcessId);
        command.Parameters.AddWithValue(begun);
        command.Parameters.AddWithValue(DateTime.UtcNow);
        command.ExecuteNonQuery();
    }
}
