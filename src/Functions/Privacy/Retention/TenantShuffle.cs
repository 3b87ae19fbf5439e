using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Retention;

/// <summary>Returns the tenants in a different order in each run: runs that end early do not always skip the same tenants.</summary>
internal static class TenantShuffle
{
    private const string SelectNextTenants = """
        select id, retention_days, place
        from tenants, md5(id::text || @Run) as place
        where place > @After
        order by place
        limit @Limit
        """;

    internal sealed record Tenant
    {
        public required Guid Id { get; init; }
        public required int RetentionDays { get; init; }
        public required string Place { get; init; }
    }

    /// <param name="run">Identifies the run and determines the order.</param>
    /// <param name="after">The place of the last tenant of the previous page; empty for the first page.</param>
    public static Task<List<Tenant>> SelectNextTenantsAsync(
        NpgsqlTransaction tx, string run, string after, int limit, CancellationToken ct) =>
        tx.QueryAsync<Tenant>(SelectNextTenants, new { Run = run, After = after, Limit = limit }, ct);
}
