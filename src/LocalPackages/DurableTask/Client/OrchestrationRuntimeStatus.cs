namespace Microsoft.DurableTask.Client;

public enum OrchestrationRuntimeStatus
{
    Running,
    Completed,

    [Obsolete("Not used; kept for its number.")]
    ContinuedAsNew,
    Failed,

    [Obsolete("Not used; kept for its number.")]
    Canceled,
    Terminated,
    Pending,
    Suspended,
}
