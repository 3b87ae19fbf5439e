using Dapper;
using Npgsql;
using Relais.Database.Secrets;
using Relais.Kit;
using Relais.Platform.Secrets;

namespace Functions.Tests.Secrets;

public sealed class ResealSecretsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly byte[] Old = Key(1);
    private static readonly byte[] New = Key(2);

    [Fact]
    public async Task Every_secret_is_resealed_with_the_new_key_and_unchanged()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await AddAccountsAsync(database, 450, "k1", Old);

        var report = await ResealSecrets.RunAsync(database.System, Ring(), "k2");

        Assert.Equal((450, 0), (report.Resealed, report.Unreadable));
        Assert.Equal(new Dictionary<string, long> { ["k2"] = 450 }, report.ByKey);
        var onlyNew = new SecretBox(new Dictionary<string, byte[]> { ["k2"] = New }, "k2");
        Assert.All(
            await RowsAsync(database), row => Assert.Equal($"token {row.Number}", onlyNew.Open(row.Secret, row.KeyId, row.TenantId)));
    }

    [Fact]
    public async Task The_previous_token_is_resealed_too()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await AddAccountsAsync(database, 3, "k1", Old);
        await database.ExecuteAsync("""
            update provider_accounts set previous_secret = secret, previous_secret_key_id = secret_key_id, token_replaced_at = now();
            update provider_accounts set secret = @Secret, secret_key_id = 'k2' where tenant_id = @Tenant;
            """, new { Secret = new SecretBox(Ring(), "k2").Seal("token 2", Ids.Tenant(2)), Tenant = Ids.Tenant(2) });

        var report = await ResealSecrets.RunAsync(database.System, Ring(), "k2");

        Assert.Equal((5, 0), (report.Resealed, report.Unreadable));
        Assert.Equal(new Dictionary<string, long> { ["k2"] = 6 }, report.ByKey);
        var onlyNew = new SecretBox(new Dictionary<string, byte[]> { ["k2"] = New }, "k2");
        Assert.All(
            await RowsAsync(database, "previous_"),
            row => Assert.Equal($"token {row.Number}", onlyNew.Open(row.Secret, row.KeyId, row.TenantId)));
    }

    [Fact]
    public async Task A_second_run_finds_nothing_to_do()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await AddAccountsAsync(database, 3, "k1", Old);
        await ResealSecrets.RunAsync(database.System, Ring(), "k2");

        Assert.Equal(0, (await ResealSecrets.RunAsync(database.System, Ring(), "k2")).Resealed);
    }

    [Fact]
    public async Task Unreadable_secrets_are_counted_and_kept()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await AddAccountsAsync(database, 2, "k1", Old);
        await AddAccountsAsync(database, 1, "lost", Key(9), first: 100);
        await AddAccountsAsync(database, 1, "k1", Key(7), first: 200);

        var report = await ResealSecrets.RunAsync(database.System, Ring(), "k2");

        Assert.Equal((2, 2), (report.Resealed, report.Unreadable));
        Assert.Equal(new Dictionary<string, long> { ["k1"] = 1, ["k2"] = 2, ["lost"] = 1 }, report.ByKey);
    }

    [Fact]
    public async Task A_key_changed_in_place_is_detected()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await AddAccountsAsync(database, 3, "k2", Key(9));
        await AddAccountsAsync(database, 2, "k2", New, first: 100);

        var report = await ResealSecrets.RunAsync(database.System, Ring(), "k2");

        Assert.Equal((0, 3, 3), (report.Resealed, report.Unreadable, report.UnreadableActive));
    }

    [Fact]
    public async Task A_token_changed_during_the_run_is_not_overwritten()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await AddAccountsAsync(database, 400, "k1", Old);
        var box = new SecretBox(Ring(), "k2");
        await using var source = NpgsqlDataSource.Create(database.Superuser);

        var changing = Task.Run(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            for (var number = 400; number > 0; number--)
            {
                await connection.ExecuteAsync(
                    "update provider_accounts set secret = @Secret, secret_key_id = 'k2' where tenant_id = @Tenant",
                    new { Secret = box.Seal($"changed {number}", Ids.Tenant(number)), Tenant = Ids.Tenant(number) });
            }
        });
        await ResealSecrets.RunAsync(database.System, Ring(), "k2");
        await changing;

        Assert.All(await RowsAsync(database), row => Assert.Equal($"changed {row.Number}", box.Open(row.Secret, row.KeyId, row.TenantId)));
    }

    [Fact]
    public async Task The_system_role_cannot_change_the_tenant_of_an_account()
    {
        await using var system = new NpgsqlConnection(postgres.System);

        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            system.ExecuteAsync("update provider_accounts set tenant_id = gen_random_uuid()"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private static Dictionary<string, byte[]> Ring() => new() { ["k1"] = Old, ["k2"] = New };

    private static byte[] Key(byte first) => [.. Enumerable.Range(first, 32).Select(n => (byte)n)];

    private static async Task AddAccountsAsync(TestDatabase database, int count, string keyId, byte[] key, int first = 1)
    {
        var box = new SecretBox(new Dictionary<string, byte[]> { [keyId] = key }, keyId);
        await using var connection = new NpgsqlConnection(database.Superuser);
        foreach (var number in Enumerable.Range(first, count))
        {
            await connection.ExecuteAsync("""
                insert into tenants (id, slug, name, country) values (@Id, 't-' || @Id, 'Test', 'GN');
                insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id)
                  values (@Id, @Id, 'twilio', 'AC' || @Id, @Secret, @KeyId);
                """, new { Id = Ids.Tenant(number), Secret = box.Seal($"token {number}", Ids.Tenant(number)), KeyId = keyId });
        }
    }

    private static async Task<List<(int Number, Guid TenantId, byte[] Secret, string KeyId)>> RowsAsync(
        TestDatabase database, string columnPrefix = "")
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        var rows = await connection.QueryAsync<(Guid TenantId, byte[] Secret, string KeyId)>(
            $"select tenant_id, {columnPrefix}secret, {columnPrefix}secret_key_id from provider_accounts");
        return [.. rows.Select(row => (Convert.ToInt32(row.TenantId.ToString()[^8..], 16), row.TenantId, row.Secret, row.KeyId))];
    }
}
