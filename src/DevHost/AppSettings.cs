using Relais.DevHost.Issuer;

namespace Relais.DevHost;

/// <summary>The connection strings of the app's servers.</summary>
/// <param name="App">The database, as the role relais_app.</param>
/// <param name="System">The database, as the role relais_system.</param>
/// <param name="Storage">The storage account.</param>
internal sealed record AppConnections(string App, string System, string Storage);

/// <summary>Creates the settings with which the app runs on this machine.</summary>
internal static class AppSettings
{
    /// <param name="connections">The app's servers.</param>
    /// <param name="state">Contains the app's keys.</param>
    /// <param name="publicUrl">The address at which the provider calls the app.</param>
    /// <param name="twilio">The address of the Twilio simulator.</param>
    /// <param name="issuer">The issuer whose access tokens the app accepts; null: the app accepts none.</param>
    public static Dictionary<string, string?> Create(
        AppConnections connections, DevState state, Uri publicUrl, Uri twilio, DevIssuer? issuer = null) => new()
        {
            ["AzureWebJobsStorage"] = connections.Storage,
            ["ConnectionStrings__App"] = connections.App,
            ["ConnectionStrings__System"] = connections.System,
            ["Secrets__ActiveKey"] = DevState.SecretsKeyId,
            [$"Secrets__Keys__{DevState.SecretsKeyId}"] = state.SecretsKey,
            ["Privacy__HashKey"] = state.HashKey,
            ["Access__Issuer"] = issuer?.Address ?? "",
            ["Access__Audience"] = issuer?.Audience ?? "",
            ["Twilio__BaseUrl"] = twilio.ToString(),
            ["Webhooks__PublicUrl"] = publicUrl.ToString(),
            // Poll early for missing status reports, so that a developer sees the recovery after a kill of the app.
            ["Sending__StatusPollAfter"] = "00:00:15",
        };
}
