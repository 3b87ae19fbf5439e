using Azure.Core;
using Npgsql;

namespace Relais.Platform.Database;

/// <summary>Entra tokens in the place of database passwords.</summary>
internal static class EntraTokens
{
    // a credential renews its token five minutes before the end at the latest, so that a shorter interval never keeps a token that has ended
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan RefreshAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly TokenRequestContext Database = new(["https://ossrdbms-aad.database.windows.net/.default"]);

    /// <summary>The token is fetched ahead of time: opening a connection never waits for it. Most refreshes read the cache of the credential.</summary>
    public static void UseEntraTokens(this NpgsqlDataSourceBuilder builder, TokenCredential credential) =>
        builder.UseEntraTokens(credential, Refresh, RefreshAfterFailure);

    internal static void UseEntraTokens(this NpgsqlDataSourceBuilder builder, TokenCredential credential, TimeSpan refresh, TimeSpan refreshAfterFailure) =>
        builder.UsePeriodicPasswordProvider(async (_, ct) => (await credential.GetTokenAsync(Database, ct)).Token, refresh, refreshAfterFailure);
}
