using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Retention;

/// <summary>Tenants in an order that is another one in each run: whoever is left over when the time is up is not always the same.</summary>
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

    /// <param name="run">What tells this run from the others.</param>
    /// <param name="after">The place of the last one before; empty at the beginning.</param>
    public static Task<List<Tenant>> SelectNextTenantsAsync(NpgsqlTransaction tx, string run, string after, int limit, CancellationToken ct) =>
        tx.QueryAsync<Tenant>(SelectNextTenants, new { Run = run, After = after, Limit = limit }, ct);
}
