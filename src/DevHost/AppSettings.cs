using Relais.DevHost.Issuer;

namespace Relais.DevHost;

/// <summary>The servers that the app uses, each under the role that it uses it in.</summary>
internal sealed record AppConnections(string App, string System, string Storage);

internal static class AppSettings
{
    /// <param name="connections">Where the app keeps its data.</param>
    /// <param name="state">Holds the key that seals secrets.</param>
    /// <param name="publicUrl">Where providers reach it.</param>
    /// <param name="twilio">What it takes for Twilio.</param>
    /// <param name="issuer">Whose access tokens it takes; null: none.</param>
    public static Dictionary<string, string?> Create(AppConnections connections, DevState state, Uri publicUrl, Uri twilio, DevIssuer? issuer = null) => new()
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
        // what a killed app never heard of is asked for while somebody watches
        ["Sending__StatusPollAfter"] = "00:00:15",
    };
}
