using Azure.Core;
using Dapper;
using Npgsql;
using Relais.Kit;

namespace Relais.Platform.Database;

/// <summary>The tests use the password of a role as the token, and change it as a token would be renewed.</summary>
public sealed class EntraTokensTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly FakeCredential credential = new();

    [Fact]
    public async Task A_connection_signs_in_with_the_token_of_the_identity()
    {
        await using var source = await SourceAsync("token-1");

        Assert.Equal("entra_role", await WhoAmIAsync(source));
        Assert.Equal(["https://ossrdbms-aad.database.windows.net/.default"], credential.Scopes);
    }

    [Fact]
    public async Task A_new_connection_uses_the_current_token()
    {
        await using var source = await SourceAsync("token-1");
        await WhoAmIAsync(source);

        await IssueAsync("token-2");
        await WaitForNewTokenAsync();
        source.Clear();

        Assert.Equal("entra_role", await WhoAmIAsync(source));
    }

    [Fact]
    public async Task A_token_that_cannot_be_renewed_is_used_until_the_identity_answers()
    {
        await using var source = await SourceAsync("token-1");
        await WhoAmIAsync(source);

        credential.Failure = new InvalidOperationException("no identity endpoint");
        await WaitForNewTokenAsync();
        source.Clear();
        Assert.Equal("entra_role", await WhoAmIAsync(source));
        credential.Failure = null;
        await IssueAsync("token-2");
        await WaitForNewTokenAsync();
        source.Clear();

        Assert.Equal("entra_role", await WhoAmIAsync(source));
    }

    [Fact]
    public async Task Connections_succeed_once_the_identity_answers()
    {
        credential.Failure = new InvalidOperationException("no identity endpoint");
        await using var source = await SourceAsync("token-1");
        await Assert.ThrowsAsync<NpgsqlException>(() => WhoAmIAsync(source));

        credential.Failure = null;
        await WaitForNewTokenAsync();

        Assert.Equal("entra_role", await WhoAmIAsync(source));
    }

    [Fact]
    public async Task An_unreachable_identity_is_reported_as_an_unreachable_database()
    {
        credential.Failure = new InvalidOperationException("no identity endpoint");
        await using var source = await SourceAsync("token-1");

        await Assert.ThrowsAsync<NpgsqlException>(() => WhoAmIAsync(source));
    }

    private async Task<NpgsqlDataSource> SourceAsync(string token)
    {
        await IssueAsync(token);
        var server = new NpgsqlConnectionStringBuilder(postgres.Database.Superuser) { Username = "entra_role", Password = null };
        var builder = new NpgsqlDataSourceBuilder(server.ConnectionString);
        builder.UseEntraTokens(credential, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50));
        return builder.Build();
    }

    /// <summary>Makes the server accept only the new token, because it would reject an expired one.</summary>
    private async Task IssueAsync(string token)
    {
        credential.Token = token;
        await postgres.Database.ExecuteAsync($"""
            do $$ begin if not exists (select from pg_roles where rolname = 'entra_role') then create role entra_role login; end if; end $$;
            alter role entra_role password '{token}';
            grant connect on database {postgres.Database.Name} to entra_role
            """);
    }

    /// <summary>Waits for two token requests, because the first one may have started before the change.</summary>
    private async Task WaitForNewTokenAsync()
    {
        var count = credential.RequestCount;
        while (credential.RequestCount < count + 2)
        {
            await Task.Delay(20);
        }
    }

    private static async Task<string?> WhoAmIAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>("select current_user::text");
    }

    private sealed class FakeCredential : TokenCredential
    {
        private int requestCount;

        public string Token { get; set; } = "";

        public Exception? Failure { get; set; }

        public int RequestCount => Volatile.Read(ref requestCount);

        public IReadOnlyList<string> Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref requestCount);
            Scopes = requestContext.Scopes;
            return Failure is null ? new AccessToken(Token, DateTimeOffset.MaxValue) : throw Failure;
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
