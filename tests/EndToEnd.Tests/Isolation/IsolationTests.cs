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

/// <summary>What one tenant tries on another: over the API with a key and with a token, and in SQL as the app's own role.</summary>
public sealed class IsolationTests(PostgresFixture postgres, AzuriteFixture storage, ITestOutputHelper output) : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
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
        var attackers = new[] { ("key", system.CreateClient(system.ApiKey)), ("owner", system.CreateClient(issuer.AccessTokenFor(DemoUser.Awa))) };
        var openApi = await system.Api.GetFromJsonAsync<JsonElement>("openapi.json");
        var attacks = new Attacks(openApi, await planted.IdsAsync(), VictimSlug).All().ToList();

        var broken = new List<string>();
        foreach (var (who, attacker) in attackers)
        {
            foreach (var attack in attacks)
            {
                var (status, text) = await Attacks.TryAsync(attacker, attack);
                broken.AddRange(Faults(attack, (int)status, text).Select(fault => $"{who}: {attack.Name}: {fault}"));
            }
        }

        output.WriteLine($"{attacks.Count * attackers.Length} requests");
        Assert.True(attacks.Count * attackers.Length >= 200);
        Assert.Equal([], broken);
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
        var broken = new List<string>();
        foreach (var attempt in attempts)
        {
            broken.AddRange(await attempt.TryAsync(app));
        }

        output.WriteLine($"{attempts.Count} statements over {tables.Count()} tables");
        Assert.True(attempts.Count >= 200);
        Assert.Equal([], broken);
        Assert.Equal(before, await planted.ChecksumsAsync());
    }

    [Fact]
    public async Task No_row_references_another_tenant()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var superuser = new NpgsqlConnection(database.Superuser);
        await superuser.OpenAsync();
        await PlantAsync(superuser);
        await superuser.ExecuteAsync("insert into tenants (id, slug, name, country) values (@Attacker, 'attacker', 'Attacker', 'CH')", new { Attacker });
        var own = new IsolationTestRows(superuser, Attacker);
        await own.PlantAsync(["senders", "campaigns", "contacts", "contact_imports"]);

        var refusals = new List<(string Column, string? State, string? Constraint)>();
        foreach (var (column, sql) in await own.UnderParentsOfAsync(Victim))
        {
            // as the administrator: no missing grant and no policy refuses it, only the key
            await using var transaction = await superuser.BeginTransactionAsync();
            var refused = await Record.ExceptionAsync(() => superuser.ExecuteAsync(sql, transaction: transaction)) as PostgresException;
            refusals.Add((column, refused?.SqlState, refused?.ConstraintName));
        }

        output.WriteLine(string.Join('\n', refusals));
        Assert.True(refusals.Count >= 15);
        Assert.All(refusals, one => Assert.True(one.State is PostgresErrorCodes.ForeignKeyViolation || one is { State: PostgresErrorCodes.CheckViolation, Constraint: "messages_stream_is_its_own" }, $"{one}"));
    }

    [Fact]
    public async Task Security_definer_functions_respect_the_tenant()
    {
        await using var superuser = new NpgsqlConnection(postgres.Superuser);
        var definers = await superuser.QueryAsync<(string Name, string Source)>("""
            select p.oid::regprocedure::text, pg_get_functiondef(p.oid) from pg_proc p
            where p.pronamespace = 'public'::regnamespace and p.prosecdef and has_function_privilege('relais_app', p.oid, 'execute')
            """);

        Assert.All(definers, one => Assert.Contains("current_tenant()", one.Source, StringComparison.Ordinal));
        // nothing that somebody else could make is called instead of what is meant
        Assert.All(definers, one => Assert.Contains("SET search_path TO 'pg_catalog', 'pg_temp'", one.Source, StringComparison.Ordinal));
    }

    private static async Task<IsolationTestRows> PlantAsync(NpgsqlConnection superuser, string erased = "erased:00000000:")
    {
        await superuser.ExecuteAsync("insert into tenants (id, slug, name, country) values (@Victim, @Slug, @Mark, 'CH')", new { Victim, Slug = VictimSlug, IsolationTestRows.Mark });
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

        foreach (var seen in IsolationTestRows.Numbers.Append(IsolationTestRows.Mark).Where(secret => text.Contains(secret, StringComparison.Ordinal) && !Says(attack, secret)))
        {
            yield return $"{status} and the answer holds {seen}";
        }
    }

    // what the attacker said itself may come back
    private static bool Says(Attack attack, string secret) => attack.Body?.ToJsonString().Contains(secret[1..], StringComparison.Ordinal) == true;
}
