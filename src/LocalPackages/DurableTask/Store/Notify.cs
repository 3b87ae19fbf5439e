using Npgsql;

namespace Microsoft.DurableTask.Store;

/// <summary>Words to the other processes of the hub. Losing one costs a few seconds: everybody looks around from time to time.</summary>
internal static class Notify
{
    public const char Wake = 'w';
    public const char ActivitiesWait = 'a';
    public const char Changed = 'c';

    private const string Sql = "select pg_notify(@channel, text) from unnest(@texts) as t(text)";

    public static string Text(char kind, long me, string subject) => $"{kind}{me}:{subject}";

    public static (char Kind, long From, string Subject) Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return (text[0], long.Parse(text.AsSpan(1, colon - 1), System.Globalization.CultureInfo.InvariantCulture), text[(colon + 1)..]);
    }

    public static async Task SendAsync(Db db, string[] texts, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(Sql).With("channel", db.Channel).With("texts", texts);
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
