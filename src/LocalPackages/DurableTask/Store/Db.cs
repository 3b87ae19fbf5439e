using System.Text;
using Npgsql;

namespace Microsoft.DurableTask.Store;

/// <summary>The database of one task hub. Its schema is the search path, so that no statement names it.</summary>
internal sealed class Db : IAsyncDisposable
{
    private const int PreparedStatements = 100;

    public Db(string connectionString, string hubName)
    {
        Schema = "durable_" + Plain(hubName);
        Channel = Schema;
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            SearchPath = $"\"{Schema}\"",
            ApplicationName = Schema,
            MaxAutoPrepare = PreparedStatements,
            AutoPrepareMinUsages = 2,
            IncludeErrorDetail = true,
            Enlist = false,
        };
        Source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    public NpgsqlDataSource Source { get; }

    public string Schema { get; }

    /// <summary>Of LISTEN and NOTIFY.</summary>
    public string Channel { get; }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellation) => Source.OpenConnectionAsync(cancellation);

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static string Plain(string name)
    {
        var plain = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
        {
            plain.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return plain.ToString();
    }
}
