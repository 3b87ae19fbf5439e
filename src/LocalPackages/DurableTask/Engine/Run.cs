namespace Microsoft.DurableTask.Engine;

/// <summary>Who runs: the constant part of what a replay sees.</summary>
internal sealed record RunHeader(string InstanceId, string Name, string Version, string? Input, ParentOrchestrationInstance? Parent);

internal enum RunEnd
{
    /// <summary>Something is still open.</summary>
    None,
    Completed,
    Failed,
    ContinuedAsNew,
}

/// <summary>What one execution of an orchestrator came to.</summary>
internal sealed record RunResult
{
    public required RunEnd End { get; init; }

    public IReadOnlyList<Decision> Decisions { get; init; } = [];

    /// <summary>Timers of earlier steps that are no longer wanted.</summary>
    public IReadOnlyList<int> CancelledTimers { get; init; } = [];

    public string? CustomStatus { get; init; }

    /// <summary>JSON of the result, or the text that describes the failure; the next input when continued as new.</summary>
    public string? Output { get; init; }

    /// <summary>Null when the function call itself failed: a parent then learns no details.</summary>
    public TaskFailureDetails? Failure { get; init; }

    public IReadOnlyList<(string Name, string? Payload)> CarriedEvents { get; init; } = [];

    public string? NextVersion { get; init; }
}
