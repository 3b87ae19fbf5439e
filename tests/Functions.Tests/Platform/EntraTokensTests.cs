using Dapper;
using Azure.Core;
using Npgsql;
using Relais.Kit;

namespace Relais.Platform.Database;

/// <summary>A token is a password of the server, which is changed as a token would be.</summary>
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
    public async Task A_new_connection_uses_the_token_of_its_time()
    {
        await using var source = await SourceAsync("token-1");
        await WhoAmIAsync(source);

        await IssueAsync("token-2");
        source.Clear();

        Assert.Equal("entra_role", await WhoAmIAsync(source));
        Assert.Equal(2, credential.Asked);
    }

    [Fact]
    public async Task An_identity_that_cannot_be_reached_counts_as_a_database_that_is_away()
    {
        await using var source = await SourceAsync("token-1");
        credential.Failure = new InvalidOperationException("no identity endpoint");

        await Assert.ThrowsAsync<NpgsqlException>(() => WhoAmIAsync(source));
    }

    private async Task<NpgsqlDataSource> SourceAsync(string token)
    {
        await IssueAsync(token);
        var server = new NpgsqlConnectionStringBuilder(postgres.Database.Superuser) { Username = "entra_role", Password = null };
        var builder = new NpgsqlDataSourceBuilder(server.ConnectionString);
        builder.UseEntraTokens(credential);
        return builder.Build();
    }

    /// <summary>The server knows the new password only, as it would refuse a token that has ended.</summary>
    private async Task IssueAsync(string token)
    {
        credential.Token = token;
        await postgres.Database.ExecuteAsync($"""
            do $$ begin if not exists (select from pg_roles where rolname = 'entra_role') then create role entra_role login; end if; end $$;
            alter role entra_role password '{token}';
            grant connect on database {postgres.Database.Name} to entra_role
            """);
    }

    private static async Task<string?> WhoAmIAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>("select current_user::text");
    }

    private sealed class FakeCredential : TokenCredential
    {
        public string Token { get; set; } = "";

        public Exception? Failure { get; set; }

        public int Asked { get; private set; }

        public IReadOnlyList<string> Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            (Asked, Scopes) = (Asked + 1, requestContext.Scopes);
            return Failure is null ? new AccessToken(Token, DateTimeOffset.MaxValue) : throw Failure;
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
