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

    static WebhookAccountCacheTests() => RowMapping.Configure();

    private string AccountSid => $"AC{tenant:N}";

    [Fact]
    public async Task A_signature_mismatch_reloads_the_token()
    {
        await AddAsync("old");
        var tokens = Tokens(Box);
        var old = await FindAsync(tokens, AccountSid);
        await SetAsync(Box.Seal("new", tenant), "k1");
        Assert.Equal("old", (await FindAsync(tokens, AccountSid))!.Token);

        clock.Step(TimeSpan.FromSeconds(3));

        Assert.Equal("new", (await tokens.ReloadAfterSignatureMismatchAsync(AccountSid, old!, default))!.Token);
        Assert.Equal("new", (await FindAsync(tokens, AccountSid))!.Token);
    }

    [Fact]
    public async Task Signature_mismatches_reload_the_token_at_most_every_two_seconds()
    {
        await AddAsync("old");
        var tokens = Tokens(Box);
        var cached = (await FindAsync(tokens, AccountSid))!;
        await SetAsync(Box.Seal("new", tenant), "k1");

        Assert.Null(await tokens.ReloadAfterSignatureMismatchAsync(AccountSid, cached, default));
        clock.Step(TimeSpan.FromSeconds(3));
        Assert.NotNull(await tokens.ReloadAfterSignatureMismatchAsync(AccountSid, cached, default));
    }

    [Fact]
    public async Task A_new_account_is_accepted_within_two_seconds()
    {
        var tokens = Tokens(Box);
        Assert.Null(await FindAsync(tokens, AccountSid));
        await AddAsync("first");
        Assert.Null(await FindAsync(tokens, AccountSid));

        clock.Step(TimeSpan.FromSeconds(3));

        Assert.Equal(new WebhookAccount(tenant, "first"), await FindAsync(tokens, AccountSid));
    }

    [Fact]
    public async Task A_token_sealed_with_a_missing_key_is_served_from_the_cache()
    {
        await AddAsync("same");
        var tokens = Tokens(Box);
        await FindAsync(tokens, AccountSid);
        var newer = new SecretBox(new Dictionary<string, byte[]> { ["k2"] = Enumerable.Repeat((byte)2, 32).ToArray() }, "k2");
        await SetAsync(newer.Seal("same", tenant), "k2");

        clock.Step(TimeSpan.FromMinutes(2));

        Assert.Equal("same", (await FindAsync(tokens, AccountSid))!.Token);
        await Assert.ThrowsAsync<UnreadableSecretException>(() => FindAsync(Tokens(Box), AccountSid));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ACunknown")]
    [InlineData("AC0000000000000000000000000000000\0")]
    [InlineData("AC00000000000000000000000000000000\n")]
    public async Task A_malformed_account_SID_is_unknown_without_a_query(string sid)
    {
        await using var none = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

        Assert.Null(await FindAsync(new WebhookAccountCache(new SystemDb(none), Box, clock), sid));
    }

    [Fact]
    public async Task A_flood_of_unknown_accounts_does_not_evict_a_cached_account()
    {
        await AddAsync("old");
        var tokens = Tokens(Box);
        await FindAsync(tokens, AccountSid);
        await SetAsync(Box.Seal("new", tenant), "k1");

        await Parallel.ForAsync(
            0, 10_001, new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (n, ct) => Assert.Null(await FindAsync(tokens, $"AC{n:x32}", ct: ct)));

        // The cached token is returned, not the new token in the database.
        Assert.Equal("old", (await FindAsync(tokens, AccountSid))!.Token);
    }

    [Fact]
    public async Task Unknown_accounts_use_few_connections_and_an_account_is_queried_once()
    {
        await AddAsync("token");
        var tokens = Tokens(Box);
        await using var superuser = new NpgsqlConnection(postgres.Superuser);
        await superuser.OpenAsync();
        await using var lockTransaction = await superuser.BeginTransactionAsync();
        await superuser.ExecuteAsync("lock table provider_accounts in access exclusive mode");
        var queries = 0;

        var unknownAccounts = Enumerable.Range(0, 20).Select(n => FindAsync(tokens, $"AC{n:x32}")).ToList();
        var same = Enumerable.Range(0, 20).Select(_ => FindAsync(tokens, AccountSid, () => Interlocked.Increment(ref queries) > 0))
            .ToList();
        await Wait.UntilAsync(async () => await WaitingAsync(superuser) == 4);
        await Task.Delay(200);
        Assert.Equal(4, await WaitingAsync(superuser));
        await lockTransaction.CommitAsync();

        Assert.All(await Task.WhenAll(unknownAccounts), Assert.Null);
        Assert.All(await Task.WhenAll(same), account => Assert.Equal("token", account!.Token));
        Assert.InRange(queries, 1, 4);
    }

    [Fact]
    public async Task Review_B20_Webhooks_of_an_expired_cache_entry_share_one_query()
    {
        await AddAsync("token");
        using var statements = new ExecutedSql();
        using var log = LoggerFactory.Create(logging => logging.AddProvider(statements));
        var builder = new NpgsqlDataSourceBuilder(postgres.System);
        builder.UseLoggerFactory(log);
        await using var source = builder.Build();
        using var tokens = new WebhookAccountCache(new SystemDb(source), Box, clock);
        await FindAsync(tokens, AccountSid);
        clock.Step(TimeSpan.FromMinutes(2));
        await using var superuser = new NpgsqlConnection(postgres.Superuser);
        await superuser.OpenAsync();
        await using var lockTransaction = await superuser.BeginTransactionAsync();
        await superuser.ExecuteAsync("lock table provider_accounts in access exclusive mode");
        var before = statements.Count("from provider_accounts");

        using var impatient = new CancellationTokenSource();
        var canceled = FindAsync(tokens, AccountSid, ct: impatient.Token);
        var waiting = Enumerable.Range(0, 50).Select(_ => FindAsync(tokens, AccountSid)).ToList();
        await Wait.UntilAsync(async () => await WaitingAsync(superuser) == 1);
        await impatient.CancelAsync();
        await lockTransaction.CommitAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        Assert.All(await Task.WhenAll(waiting), account => Assert.Equal("token", account!.Token));
        Assert.Equal(1, statements.Count("from provider_accounts") - before);
        clock.Step(TimeSpan.FromMinutes(2));
        await FindAsync(tokens, AccountSid);
        Assert.Equal(2, statements.Count("from provider_accounts") - before);
    }

    private static Task<int> WaitingAsync(NpgsqlConnection connection) =>
        connection.QuerySingleAsync<int>(
            "select count(*)::int from pg_locks where relation = 'provider_accounts'::regclass and not granted");

    /// <returns>The account; null when it is unknown.</returns>
    private static async Task<WebhookAccount?> FindAsync(
        WebhookAccountCache tokens, string accountSid, Func<bool>? tryConsumeLookupQuota = null, CancellationToken ct = default) =>
        await tokens.FindAsync(accountSid, tryConsumeLookupQuota ?? Always, ct) is AccountLookup.Found found ? found.Account : null;

    private WebhookAccountCache Tokens(SecretBox box) => new(new SystemDb(NpgsqlDataSource.Create(postgres.System)), box, clock);

    private Task AddAsync(string token) => ExecuteAsync("""
        insert into tenants (id, slug, name, country) values (@Tenant, 't-' || @Tenant, 'Test', 'GN');
        insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id)
          values (@Tenant, @Tenant, 'twilio', @AccountSid, @Secret, 'k1');
        """, Box.Seal(token, tenant), "k1");

    private Task SetAsync(byte[] secret, string keyId) =>
        ExecuteAsync("update provider_accounts set secret = @Secret, secret_key_id = @KeyId where tenant_id = @Tenant", secret, keyId);

    private async Task ExecuteAsync(string sql, byte[] secret, string keyId)
    {
        await using var connection = new NpgsqlConnection(postgres.Superuser);
        await connection.ExecuteAsync(sql, new { Tenant = tenant, AccountSid, Secret = secret, KeyId = keyId });
    }
}
