using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

namespace Relais.Platform.Telemetry;

internal static class LogRules
{
    private static readonly (string Category, LogLevel Least)[] Telling =
    [
        // while it may say anything it puts the path that was asked for on every line of the request, as a scope
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None),
        // the path, and what was in the place of each parameter
        ("Microsoft.AspNetCore.Routing.Matching.DfaMatcher", LogLevel.Warning),
        // the first bytes of what could not be read
        ("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Warning),
    ];

    /// <summary>
    /// The server is quiet unless a setting wants more of it. What quotes a caller's words stays quiet at every level and for every
    /// provider.
    /// </summary>
    public static void AddLogRules(this IHostApplicationBuilder builder)
    {
        // four lines for each request cost more than the request
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = [new("Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Warning))],
        });
        builder.Services.PostConfigure<LoggerFilterOptions>(filters =>
        {
            var quiet = from provider in filters.Rules.Select(rule => rule.ProviderName).Append(null).Distinct()
                        from telling in Telling
                        select new LoggerFilterRule(provider, telling.Category, telling.Least, null);
            foreach (var rule in quiet.ToList())
            {
                filters.Rules.Add(rule);
            }
        });
    }
}
