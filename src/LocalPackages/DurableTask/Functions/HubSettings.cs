using System.Globalization;
using Microsoft.DurableTask.Runtime;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>host.json under extensions.durableTask, and the connection string.</summary>
internal static class HubSettings
{
    private const string Section = "AzureFunctionsJobHost:extensions:durableTask:";

    public static HubOptions Read(IConfiguration configuration)
    {
        var connection = Text(configuration["ConnectionStrings:DurableTask"]) ?? Text(configuration["ConnectionStrings:Postgres"])
            ?? throw new InvalidOperationException(
                "Durable functions need a PostgreSQL connection string: ConnectionStrings__DurableTask or ConnectionStrings__Postgres.");
        var defaults = new HubOptions(connection);
        return defaults with
        {
            HubName = Text(configuration[Section + "hubName"]) ?? defaults.HubName,
            MaxActivities = Number(configuration, "maxConcurrentActivityFunctions") ?? defaults.MaxActivities,
            MaxOrchestrators = Number(configuration, "maxConcurrentOrchestratorFunctions") ?? defaults.MaxOrchestrators,
        };
    }

    private static int? Number(IConfiguration configuration, string name)
    {
        if (Text(configuration[Section + name]) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new InvalidOperationException($"host.json: extensions.durableTask.{name} is \"{text}\", expected a number above 0.");
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
