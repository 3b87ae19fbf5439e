using Azure.Core;
using Azure.Identity;
using Npgsql;

namespace Relais.Platform.Database;

/// <summary>Entra tokens in the place of database passwords.</summary>
internal static class EntraTokens
{
    private static readonly TokenRequestContext Database = new(["https://ossrdbms-aad.database.windows.net/.default"]);

    /// <param name="clientId">Of a user-assigned managed identity.</param>
    public static TokenCredential ManagedIdentity(string clientId) => new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId));

    /// <summary>
    /// Each new connection asks for a token. The credential keeps one until shortly before it ends, so that asking costs nothing, and no timer runs
    /// while the app has nothing to do.
    /// </summary>
    public static void UseEntraTokens(this NpgsqlDataSourceBuilder builder, TokenCredential credential) => builder.UsePasswordProvider(
        _ => credential.GetToken(Database, CancellationToken.None).Token,
        async (_, ct) => (await credential.GetTokenAsync(Database, ct)).Token);
}
