using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

public sealed class WebhookAccountCacheTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly SecretBox Box = new(new Dictionary<string, byte[]> { ["k1"] = new byte[32] }, "k1");
    private static readonly Func<bool> Always = () => true;
    private static int numbers;
    private readonly Guid tenant = Ids.Tenant(Interlocked.Increment(ref numbers));
    private readonly SteppedClock clock = new();

    static WebhookAccountCacheTests() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    private string AccountSid => $"AC{tenant:N}";

    [Fact]
    public async Task A_signature_mismatch_reloads_the_token()
    {
        await AddAsync("old");
        var tokens = Tokens(Box);
        var old = await tokens.FindAsync(AccountSid, Always, default);
        await SetAsync(Box.Seal("new", tenant), "k1");
        Assert.Equal("old", (await tokens.FindAsync(AccountSid, Always, default))!.Token);

        clock.Step(TimeSpan.FromSeconds(3));

        Assert.Equal("new", (await tokens.ReloadAfterSignatureMismatchAsync(AccountSid, old!, default))!.Token);
        Assert.Equal("new", (await tokens.FindAsync(AccountSid, Always, default))!.Token);
    }

    [Fact]
    public async Task A_flood_of_forgeries_is_no_flood_of_queries()
    {
        await AddAsync("old");
        var tokens = Tokens(Box);
        var known = (await tokens.FindAsync(AccountSid, Always, default))!;
        await SetAsync(Box.Seal("new", tenant), "k1");

        Assert.Null(await tokens.ReloadAfterSignatureMismatchAsync(AccountSid, known, default));
        clock.Step(TimeSpan.FromSeconds(3));
        Assert.NotNull(await tokens.ReloadAfterSignatureMismatchAsync(AccountSid, known, default));
    }

    [Fact]
    public async Task A_new_account_is_accepted_within_two_seconds()
    {
        var tokens = Tokens(Box);
        Assert.Null(await tokens.FindAsync(AccountSid, Always, default));
        await AddAsync("first");
        Assert.Null(await tokens.FindAsync(AccountSid, Always, default));

        clock.Step(TimeSpan.FromSeconds(3));

        Assert.Equal(new SigningAccount(tenant, "first"), await tokens.FindAsync(AccountSid, Always, default));
    }

    [Fact]
    public async Task A_token_sealed_with_a_key_that_is_not_here_yet_is_remembered_from_before()
    {
        await AddAsync("same");
        var tokens = Tokens(Box);
        await tokens.FindAsync(AccountSid, Always, default);
        var newer = new SecretBox(new Dictionary<string, byte[]> { ["k2"] = Enumerable.Repeat((byte)2, 32).ToArray() }, "k2");
        await SetAsync(newer.Seal("same", tenant), "k2");

        clock.Step(TimeSpan.FromMinutes(2));

        Assert.Equal("same", (await tokens.FindAsync(AccountSid, Always, default))!.Token);
        await Assert.ThrowsAsync<UnreadableSecretException>(() => Tokens(Box).FindAsync(AccountSid, Always, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ACunknown")]
    [InlineData("AC0000000000000000000000000000000\0")]
    [InlineData("AC00000000000000000000000000000000\n")]
    public async Task A_malformed_account_SID_is_unknown_without_a_query(string sid)
    {
        await using var none = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

        Assert.Null(await new WebhookAccountCache(new SystemDb(none), Box, clock).FindAsync(sid, Always, default));
    }

    [Fact]
    public async Task A_flood_of_strangers_does_not_make_an_account_unknown()
    {
        await AddAsync("old");
        var tokens = Tokens(Box);
        await tokens.FindAsync(AccountSid, Always, default);
        await SetAsync(Box.Seal("new", tenant), "k1");

        await Parallel.ForAsync(0, 10_001, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (n, ct) => Assert.Null(await tokens.FindAsync($"AC{n:x32}", Always, ct)));

        // as remembered, not as it is now
        Assert.Equal("old", (await tokens.FindAsync(AccountSid, Always, default))!.Token);
    }

    [Fact]
    public async Task Strangers_take_few_connections_and_an_account_is_asked_for_once()
    {
        await AddAsync("token");
        var tokens = Tokens(Box);
        await using var superuser = new NpgsqlConnection(postgres.Superuser);
        await superuser.OpenAsync();
        await using var closed = await superuser.BeginTransactionAsync();
        await superuser.ExecuteAsync("lock table provider_accounts in access exclusive mode");
        var asked = 0;

        var strangers = Enumerable.Range(0, 20).Select(n => tokens.FindAsync($"AC{n:x32}", Always, default)).ToList();
        var same = Enumerable.Range(0, 20).Select(_ => tokens.FindAsync(AccountSid, () => Interlocked.Increment(ref asked) > 0, default)).ToList();
        await Wait.UntilAsync(async () => await WaitingAsync(superuser) == 4);
        await Task.Delay(200);
        Assert.Equal(4, await WaitingAsync(superuser));
        await closed.CommitAsync();

        Assert.All(await Task.WhenAll(strangers), Assert.Null);
        Assert.All(await Task.WhenAll(same), account => Assert.Equal("token", account!.Token));
        Assert.InRange(asked, 1, 4);
    }

    [Fact]
    public async Task Review_B20_Webhooks_of_an_account_that_expired_share_one_query()
    {
        await AddAsync("token");
        using var statements = new ExecutedSql();
        using var log = LoggerFactory.Create(logging => logging.AddProvider(statements));
        var builder = new NpgsqlDataSourceBuilder(postgres.System);
        builder.UseLoggerFactory(log);
        await using var source = builder.Build();
        using var tokens = new WebhookAccountCache(new SystemDb(source), Box, clock);
        await tokens.FindAsync(AccountSid, Always, default);
        clock.Step(TimeSpan.FromMinutes(2));
        await using var superuser = new NpgsqlConnection(postgres.Superuser);
        await superuser.OpenAsync();
        await using var closed = await superuser.BeginTransactionAsync();
        await superuser.ExecuteAsync("lock table provider_accounts in access exclusive mode");
        var before = statements.Count("from provider_accounts");

        using var impatient = new CancellationTokenSource();
        var given = tokens.FindAsync(AccountSid, Always, impatient.Token);
        var waiting = Enumerable.Range(0, 50).Select(_ => tokens.FindAsync(AccountSid, Always, default)).ToList();
        await Wait.UntilAsync(async () => await WaitingAsync(superuser) == 1);
        await impatient.CancelAsync();
        await closed.CommitAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.All(await Task.WhenAll(waiting), account => Assert.Equal("token", account!.Token));
        Assert.Equal(1, statements.Count("from provider_accounts") - before);
        clock.Step(TimeSpan.FromMinutes(2));
        await tokens.FindAsync(AccountSid, Always, default);
        Assert.Equal(2, statements.Count("from provider_accounts") - before);
    }

    private static Task<int> WaitingAsync(NpgsqlConnection connection) =>
        connection.QuerySingleAsync<int>("select count(*)::int from pg_locks where relation = 'provider_accounts'::regclass and not granted");

    private WebhookAccountCache Tokens(SecretBox box) => new(new SystemDb(NpgsqlDataSource.Create(postgres.System)), box, clock);

    private Task AddAsync(string token) => ExecuteAsync("""
        insert into tenants (id, slug, name, country) values (@Tenant, 't-' || @Tenant, 'Test', 'GN');
        insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id) values (@Tenant, @Tenant, 'twilio', @AccountSid, @Secret, 'k1');
        """, Box.Seal(token, tenant), "k1");

    private Task SetAsync(byte[] secret, string keyId) =>
        ExecuteAsync("update provider_accounts set secret = @Secret, secret_key_id = @KeyId where tenant_id = @Tenant", secret, keyId);

    private async Task ExecuteAsync(string sql, byte[] secret, string keyId)
    {
        await using var connection = new NpgsqlConnection(postgres.Superuser);
        await connection.ExecuteAsync(sql, new { Tenant = tenant, AccountSid, Secret = secret, KeyId = keyId });
    }
}
