using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

namespace Relais.Platform.Telemetry;

internal static class LogRules
{
    // addresses with what was asked for in them, and the first bytes of what could not be read
    private static readonly string[] Telling = ["Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Server.Kestrel.BadRequests"];

    /// <summary>The server is quiet unless a setting wants more of it; what quotes a caller's words stays quiet at every level and for every provider.</summary>
    public static void AddLogRules(this IHostApplicationBuilder builder)
    {
        // four lines for each request cost more than the request
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Warning))] });
        builder.Services.PostConfigure<LoggerFilterOptions>(filters =>
        {
            var quiet = from provider in filters.Rules.Select(rule => rule.ProviderName).Append(null).Distinct()
                        from category in Telling
                        select new LoggerFilterRule(provider, category, LogLevel.Warning, null);
            foreach (var rule in quiet.ToList())
            {
                filters.Rules.Add(rule);
            }
        });
    }
}
