using Relais.DevHost.Services;

namespace Relais.DevHost;

internal static class AppSettings
{
    public static FunctionsAppOptions For(DevServers servers) => new()
    {
        Port = servers.State.AppPort,
        Settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = servers.Storage,
            ["ConnectionStrings__App"] = servers.App,
            ["ConnectionStrings__System"] = servers.System,
            ["ConnectionStrings__Durable"] = servers.Durable,
        },
    };
}
