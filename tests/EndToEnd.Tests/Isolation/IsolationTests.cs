using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Npgsql;
using Relais.DevHost.Issuer;
using Relais.Kit;
using Relais.Platform.Secrets;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Isolation;

/// <summary>Attempts of one tenant to reach another: through the API with a key and with a token, and in SQL with the app's role.</summary>
public sealed class IsolationTests(PostgresFixture postgres, AzuriteFixture storage, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private const string VictimSlug = "planted-victim";
    private static readonly Guid Victim = Ids.Tenant(4711);
    private static readonly Guid Attacker = Ids.Tenant(4712);

    [Fact]
    public async Task No_request_of_one_tenant_reads_or_changes_another()
    {
        await using var issuer = await DevIssuer.StartAsync(new DevIssuerOptions());
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Settings = new Dictionary<string, string?>
            {
                ["Access__Issuer"] = issuer.Address,
                ["Access__Audience"] = issuer.Audience,
                ["Limits__PerAddress"] = "1000000",
                ["Limits__PerTenant"] = "1000000",
                ["Numbers__PurchaseWait"] = "00:00:02",
            },
        });
        await using var superuser = new NpgsqlConnection(system.Database.Superuser);
        var planted = await PlantAsync(superuser, new AddressHash(Convert.FromBase64String(system.HashKey)).Prefix);
        await superuser.ExecuteAsync(
            "insert into members (id, tenant_id, issuer, subject, role) values (@Id, @Tenant, @Issuer, @Subject, 'owner')",
            new { Id = Ids.Contact(1), Tenant = RelaisSystem.TenantId, Issuer = issuer.Address, DemoUser.Awa.Subject });
        var before = await planted.ChecksumsAsync();
        var attackers = new[]
        {
            ("key", system.CreateClient(system.ApiKey)), ("owner", system.CreateClient(issuer.AccessTokenFor(DemoUser.Awa))),
        };
        var openApi = await system.Api.GetFromJsonAsync<JsonElement>("openapi.json");
        var attacks = new Attacks(openApi, await planted.IdsAsync(), VictimSlug).All().ToList();

        var faults = new List<string>();
        foreach (var (credential, attacker) in attackers)
        {
            foreach (var attack in attacks)
            {
                var (status, text) = await Attacks.TryAsync(attacker, attack);
                faults.AddRange(Faults(attack, (int)status, text).Select(fault => $"{credential}: {attack.Name}: {fault}"));
            }
        }

        output.WriteLine($"{attacks.Count * attackers.Length} requests");
        Assert.True(attacks.Count * attackers.Length >= 200);
        Assert.Equal([], faults);
        Assert.Equal(before, await planted.ChecksumsAsync());
    }

    [Fact]
    public async Task No_statement_of_the_app_s_role_reads_or_changes_another_tenant()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var superuser = new NpgsqlConnection(database.Superuser);
        var planted = await PlantAsync(superuser);
        var before = await planted.ChecksumsAsync();
        await using var app = new NpgsqlConnection(database.App);
        await app.OpenAsync();
        var tables = await IsolationTestRows.TablesAsync(superuser);

        var attempts = tables.SelectMany(table => Statements.On(table, Victim, Ids.Tenant(1))).Concat(Statements.OfTheRole()).ToList();
        var faults = new List<string>();
        foreach (var attempt in attempts)
        {
            faults.AddRange(await attempt.TryAsync(app));
        }

        output.WriteLine($"{attempts.Count} statements over {tables.Count()} tables");
        Assert.True(attempts.Count >= 200);
        Assert.Equal([], faults);
        Assert.Equal(before, await planted.ChecksumsAsync());
    }

    [Fact]
    public async Task No_row_references_another_tenant()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var superuser = new NpgsqlConnection(database.Superuser);
        await superuser.OpenAsync();
        await PlantAsync(superuser);
        await superuser.ExecuteAsync(
            "insert into tenants (id, slug, name, country) values (@Attacker, 'attacker', 'Attacker', 'CH')", new { Attacker });
        var own = new IsolationTestRows(superuser, Attacker);
        await own.PlantAsync(["senders", "campaigns", "contacts", "contact_imports"]);

        var refusals = new List<(string Column, string? State, string? Constraint)>();
        foreach (var (column, sql) in await own.UnderParentsOfAsync(Victim))
        {
            // Runs as the administrator, so that only the foreign key can refuse the row, not a missing grant or a policy.
            await using var transaction = await superuser.BeginTransactionAsync();
            var refused = await Record.ExceptionAsync(() => superuser.ExecuteAsync(sql, transaction: transaction)) as PostgresException;
            refusals.Add((column, refused?.SqlState, refused?.ConstraintName));
        }

        output.WriteLine(string.Join('\n', refusals));
        Assert.True(refusals.Count >= 15);
        Assert.All(
            refusals,
            refusal =>
                Assert.True(
                    refusal.State is PostgresErrorCodes.ForeignKeyViolation
                        || refusal is { State: PostgresErrorCodes.CheckViolation, Constraint: "messages_stream_is_its_own" },
                    $"{refusal}"));
    }

    [Fact]
    public async Task Security_definer_functions_respect_the_tenant()
    {
        await using var superuser = new NpgsqlConnection(postgres.Superuser);
        var definers = await superuser.QueryAsync<(string Name, string Source)>("""
            select p.oid::regprocedure::text, pg_get_functiondef(p.oid) from pg_proc p
            where p.pronamespace = 'public'::regnamespace and p.prosecdef and has_function_privilege('relais_app', p.oid, 'execute')
            """);

        Assert.All(definers, function => Assert.Contains("current_tenant()", function.Source, StringComparison.Ordinal));
        // A fixed search_path prevents the call of a function or table of the same name in another schema.
        Assert.All(
            definers, function => Assert.Contains("SET search_path TO 'pg_catalog', 'pg_temp'", function.Source, StringComparison.Ordinal));
    }

    private static async Task<IsolationTestRows> PlantAsync(NpgsqlConnection superuser, string erased = "erased:00000000:")
    {
        await superuser.ExecuteAsync(
            "insert into tenants (id, slug, name, country) values (@Victim, @Slug, @Mark, 'CH')",
            new { Victim, Slug = VictimSlug, IsolationTestRows.Mark });
        var planted = new IsolationTestRows(superuser, Victim, erased);
        await planted.PlantAsync();
        return planted;
    }

    private static IEnumerable<string> Faults(Attack attack, int status, string text)
    {
        if (status >= 500)
        {
            yield return $"{status}";
        }

        if (!attack.Documented.Contains(status.ToString(CultureInfo.InvariantCulture)))
        {
            yield return $"{status} is not described";
        }

        if (attack.Refused && status < 400)
        {
            yield return $"{status} instead of a refusal";
        }

        if (attack is { Tenant: not null, Refused: true } && status != 403)
        {
            yield return $"{status} instead of 403";
        }

        foreach (var leaked in IsolationTestRows.Numbers.Append(IsolationTestRows.Mark).Where(
            secret => text.Contains(secret, StringComparison.Ordinal) && !WasSent(attack, secret)))
        {
            yield return $"{status} and the answer holds {leaked}";
        }
    }

    // A response may repeat a value that the attacker sent itself.
    private static bool WasSent(Attack attack, string secret) =>
        attack.Body?.ToJsonString().Contains(secret[1..], StringComparison.Ordinal) == true;
}
