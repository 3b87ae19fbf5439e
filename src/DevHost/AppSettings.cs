using Relais.DevHost.Services;

namespace Relais.DevHost;

internal static class AppSettings
{
    /// <param name="servers">Where the app keeps its data.</param>
    /// <param name="app">Where it listens.</param>
    /// <param name="publicUrl">Where providers reach it.</param>
    /// <param name="twilio">What it takes for Twilio.</param>
    public static FunctionsAppOptions For(DevServers servers, Uri app, Uri publicUrl, Uri twilio) => new()
    {
        Port = app.Port,
        Settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = servers.Storage,
            ["ConnectionStrings__App"] = servers.App,
            ["ConnectionStrings__System"] = servers.System,
            ["ConnectionStrings__DurableTask"] = servers.Durable,
            ["Secrets__ActiveKey"] = DevState.SecretsKeyId,
            [$"Secrets__Keys__{DevState.SecretsKeyId}"] = servers.State.SecretsKey,
            ["Twilio__BaseUrl"] = twilio.ToString(),
            ["Webhooks__PublicUrl"] = publicUrl.ToString(),
        },
    };
}
