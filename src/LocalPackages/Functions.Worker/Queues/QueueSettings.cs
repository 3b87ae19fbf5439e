using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>extensions.queues of host.json.</summary>
internal sealed record QueueSettings(int BatchSize, int NewBatchThreshold, int MaxDequeueCount, TimeSpan VisibilityTimeout, TimeSpan MaxPollingInterval, bool Base64, TimeSpan Lease)
{
    private const string Section = "extensions:queues:";

    public static QueueSettings Read(IConfiguration configuration)
    {
        var batch = HostJson.Number(configuration, Section + "batchSize", 16, least: 1, most: 32);
        return new(
            batch,
            HostJson.Number(configuration, Section + "newBatchThreshold", batch / 2 * Environment.ProcessorCount, least: 0, most: 10_000),
            HostJson.Number(configuration, Section + "maxDequeueCount", 5, least: 1, most: int.MaxValue),
            HostJson.Span(configuration, Section + "visibilityTimeout", TimeSpan.Zero),
            Interval(configuration),
            Encoding(configuration),
            Lent(configuration));
    }

    private static TimeSpan Interval(IConfiguration configuration)
    {
        var least = TimeSpan.FromMilliseconds(100);
        var interval = HostJson.Span(configuration, Section + "maxPollingInterval", TimeSpan.FromMinutes(1));
        return interval < least ? least : interval;
    }

    private static bool Encoding(IConfiguration configuration) => HostJson.Text(configuration, Section + "messageEncoding") switch
    {
        null => true,
        var name when name.Equals("base64", StringComparison.OrdinalIgnoreCase) => true,
        var name when name.Equals("none", StringComparison.OrdinalIgnoreCase) => false,
        var other => throw HostJson.Wrong(Section + "messageEncoding", other, "base64 or none"),
    };

    /// <summary>The published host hides a message for ten minutes; a short lease, renewed, gives a killed process's messages back sooner.</summary>
    private static TimeSpan Lent(IConfiguration configuration)
    {
        const string name = "FUNCTIONS_QUEUE_LEASE";
        if (configuration[name] is not { } text)
        {
            return TimeSpan.FromSeconds(30);
        }

        return TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var lease) && lease >= TimeSpan.FromSeconds(1)
            ? lease
            : throw new InvalidOperationException($"{name} is \"{text}\", expected a time of at least 00:00:01.");
    }
}
