using Dapper;
using Npgsql;
using Relais.Database;
using Relais.Kit;
using Relais.Platform.Database;

namespace Architecture.Tests;

public sealed class TenancyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Policy = "(tenant_id = current_tenant())";

    static TenancyTests() => RowMapping.Configure();

    private sealed record Table
    {
        public required string Name { get; init; }
        public required bool HasTenant { get; init; }
        public required bool Enabled { get; init; }
        public required bool Forced { get; init; }
        public required string Owner { get; init; }
    }

    private sealed record PolicyRow(
        string Tablename, string Policyname, string Permissive, string Roles, string Cmd, string? Qual, string? WithCheck);

    [Fact]
    public async Task Every_table_with_a_tenant_is_behind_forced_row_level_security()
    {
        var tables = await TablesAsync();
        var policies = await QueryAsync<PolicyRow>("""
            select tablename, policyname, permissive, array_to_string(roles, ',') as roles, cmd, qual, with_check from pg_policies
            where schemaname = 'public'
            """);

        Assert.Contains(tables, table => table.HasTenant);
        Assert.All(tables.Where(table => table.HasTenant || table.Name == "tenants"), table =>
        {
            var expected = table.Name == "tenants" ? "(id = current_tenant())" : Policy;
            var isolation = Assert.Single(policies, policy => policy.Tablename == table.Name && policy.Roles == "relais_app");
            Assert.True(table.Enabled && table.Forced, table.Name);
            Assert.Equal(
                ("PERMISSIVE", "ALL", expected, expected), (isolation.Permissive, isolation.Cmd, isolation.Qual, isolation.WithCheck));
        });
        Assert.DoesNotContain(policies, policy => policy.Roles.Contains("public", StringComparison.Ordinal));
    }

    /// <summary>See ADR 0037: a tenant that is newer than the statistics would get plans for a tenant of one row.</summary>
    [Fact]
    public async Task No_table_collects_statistics_of_its_tenants()
    {
        var collecting = await QueryAsync<string>("""
            select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'tenant_id'
              and a.attstattarget is distinct from 0
            """);

        Assert.Empty(collecting);
    }

    [Fact]
    public async Task Every_foreign_key_to_a_tenant_row_includes_the_tenant()
    {
        var references = await QueryAsync<(string Child, string Parent, bool WithTenant)>("""
            select k.conrelid::regclass::text, k.confrelid::regclass::text,
              exists (
                select from unnest(k.conkey, k.confkey) as c (child, parent)
                join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.child
                join pg_attribute b on b.attrelid = k.confrelid and b.attnum = c.parent
                where a.attname = 'tenant_id' and b.attname = 'tenant_id')
            from pg_constraint k
            where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.confrelid <> 'tenants'::regclass
            """);

        Assert.NotEmpty(references);
        Assert.All(
            references,
            reference => Assert.True(reference.WithTenant, $"{reference.Child} refers to {reference.Parent} without its tenant"));
    }

    [Fact]
    public async Task Only_the_owner_role_creates_objects()
    {
        Assert.Equal(["relais_owner"], await QueryAsync<string>("""
            select role from unnest(array['relais_owner', 'relais_app', 'relais_system']) as r (role)
            where has_schema_privilege(role, 'public', 'create')
            """));
    }

    [Fact]
    public async Task The_app_only_reads_tables_without_a_tenant()
    {
        Repository.None(
            (await TablesAsync()).Where(table => !table.HasTenant && table.Name is not ("tenants" or "schema_migrations" or "prices")));
        Assert.Equal(
            ["SELECT"],
            await QueryAsync<string>(
                "select privilege_type from information_schema.table_privileges where table_name = 'prices' and grantee = 'relais_app'"));
    }

    [Fact]
    public async Task The_app_s_roles_own_nothing_and_bypass_nothing()
    {
        Assert.All(await TablesAsync(), table => Assert.Equal("relais_owner", table.Owner));
        Repository.None(await QueryAsync<string>(
            "select rolname from pg_roles where rolname like 'relais_%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)"));
        Repository.None(await QueryAsync<string>(
            "select m.roleid::regrole::text from pg_auth_members m where m.member::regrole::text in ('relais_app', 'relais_system')"));
    }

    [Fact]
    public async Task A_session_without_tenant_reads_and_writes_nothing()
    {
        await using var app = new NpgsqlConnection(postgres.App);
        var readable = await QueryAsync<string>("""
            select c.relname::text from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege('relais_app', c.oid, 'select')
            """);
        await using var superuser = new NpgsqlConnection(postgres.Superuser);
        await superuser.ExecuteAsync(
            "insert into tenants (id, slug, name, country) values (@Id, 'somebody', 'Somebody', 'GN') on conflict do nothing",
            new { Id = Ids.Tenant(1) });
        await superuser.ExecuteAsync(
            "insert into contacts (id, tenant_id) values (@Id, @TenantId)", new { Id = Ids.Contact(2), TenantId = Ids.Tenant(1) });

        Assert.Contains("contacts", readable);
        // All tenants share the price list.
        foreach (var table in readable.Where(table => table != "prices"))
        {
            Assert.Equal(0, await app.QuerySingleAsync<int>($"select count(*) from {table}"));
        }

        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            app.ExecuteAsync(
                "insert into contacts (id, tenant_id) values (@Id, @TenantId)", new { Id = Ids.Contact(1), TenantId = Ids.Tenant(1) }));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public void Migrations_are_numbered_without_a_gap_and_all_embedded()
    {
        var embedded = Migration.ReadEmbedded();

        Assert.Equal(Enumerable.Range(1, embedded.Count), embedded.Select(migration => migration.Number));
        Assert.Equal(
            Repository.Files("src/Database/migrations", "*.sql").Select(Path.GetFileName), embedded.Select(migration => migration.Name));
    }

    private Task<List<Table>> TablesAsync() => QueryAsync<Table>("""
        select c.relname::text as name,
          exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as has_tenant,
          c.relrowsecurity as enabled, c.relforcerowsecurity as forced, c.relowner::regrole::text as owner
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        order by c.relname
        """);

    private async Task<List<T>> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.Superuser);
        return (await connection.QueryAsync<T>(sql)).AsList();
    }
}
