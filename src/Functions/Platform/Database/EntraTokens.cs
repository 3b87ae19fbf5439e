using Azure.Core;
using Npgsql;

namespace Relais.Platform.Database;

/// <summary>Uses Entra access tokens as database passwords.</summary>
internal static class EntraTokens
{
    // A credential renews its token at least five minutes before it expires. A refresh interval below five minutes therefore never keeps
    // an expired token.
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan RefreshAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly TokenRequestContext Database = new(["https://ossrdbms-aad.database.windows.net/.default"]);

    /// <summary>
    /// Fetches the token periodically in the background, so that opening a connection never waits for it. Most refreshes only read the
    /// credential's cache.
    /// </summary>
    public static void UseEntraTokens(this NpgsqlDataSourceBuilder builder, TokenCredential credential) =>
        builder.UseEntraTokens(credential, Refresh, RefreshAfterFailure);

    internal static void UseEntraTokens(
        this NpgsqlDataSourceBuilder builder, TokenCredential credential, TimeSpan refresh, TimeSpan refreshAfterFailure) =>
        builder.UsePeriodicPasswordProvider(
            async (_, ct) => (await credential.GetTokenAsync(Database, ct)).Token, refresh, refreshAfterFailure);
}
