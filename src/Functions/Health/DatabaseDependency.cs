using Npgsql;
using Relais.Platform.Database;

namespace Relais.Health;

/// <summary>Checks that both database roles of the app can connect and run a statement. It reads no table.</summary>
internal sealed class DatabaseDependency(TenantDb app, SystemDb system) : IDependency
{
    private const string SelectOne = "select 1";

    public string Name => "database";

    public Task CheckAsync(CancellationToken ct) => Task.WhenAll(
        app.RunAsync(Guid.Empty, tx => tx.QueryOneAsync<int>(SelectOne, null, ct), ct),
        system.RunAsync(tx => tx.QueryOneAsync<int>(SelectOne, null, ct), ct));

    public bool IsUnavailable(Exception failure) => failure is NpgsqlException;
}
