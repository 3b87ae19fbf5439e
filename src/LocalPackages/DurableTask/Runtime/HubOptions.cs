namespace Microsoft.DurableTask.Runtime;

internal sealed record HubOptions(string ConnectionString)
{
    public string HubName { get; init; } = "TestHubName";

    public int MaxActivities { get; init; } = 10 * Environment.ProcessorCount;

    public int MaxOrchestrators { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary>How often a process looks around for work whose wake-up was lost.</summary>
    public TimeSpan LookAround { get; init; } = TimeSpan.FromSeconds(3);
}
