using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Pages of other origins, as Core Tools let them in: a preflight is answered before any function, for the origins of Host.CORS or for all (*).</summary>
internal static class Cors
{
    private const string Origins = "Host:CORS";
    private const string Credentials = "Host:CORSCredentials";

    /// <summary>The environment (Host__CORS) overrides the file.</summary>
    public static void AddTo(ConfigurationManager configuration, LocalHost host) =>
        ((IConfigurationBuilder)configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?> { [Origins] = host.Cors, [Credentials] = host.CorsCredentials.ToString() },
        });

    public static void Use(WebApplication app)
    {
        var origins = (app.Configuration[Origins] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (origins.Length == 0)
        {
            return;
        }

        app.UseCors(policy =>
        {
            policy.WithOrigins(origins).AllowAnyHeader().AllowAnyMethod();
            if (app.Configuration.GetValue<bool>(Credentials))
            {
                policy.AllowCredentials();
            }
        });
    }
}
