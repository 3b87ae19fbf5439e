using Npgsql;
using Relais.Platform.Database;

namespace Relais.Health;

/// <summary>Both roles get a connection and an answer; no row is read.</summary>
internal sealed class DatabaseDependency(TenantDb app, SystemDb system) : IDependency
{
    private const string Answer = "select 1";

    public string Name => "database";

    public Task AskAsync(CancellationToken ct) => Task.WhenAll(
        app.RunAsync(Guid.Empty, tx => tx.QueryOneAsync<int>(Answer, null, ct), ct),
        system.RunAsync(tx => tx.QueryOneAsync<int>(Answer, null, ct), ct));

    public bool IsAway(Exception failure) => failure is NpgsqlException;
}
