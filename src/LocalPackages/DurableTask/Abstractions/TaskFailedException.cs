namespace Microsoft.DurableTask;

/// <summary>Thrown into an orchestrator when an activity or a sub-orchestration failed.</summary>
public sealed class TaskFailedException : Exception
{
    public TaskFailedException(string taskName, int taskId, Exception innerException)
        : this(taskName, taskId, TaskFailureDetails.FromException(innerException), innerException)
    {
    }

    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : this(taskName, taskId, failureDetails, null)
    {
    }

    internal TaskFailedException(string taskName, int taskId, TaskFailureDetails? failure, Exception? inner)
        : base(Text(taskName, taskId, failure), inner)
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failure!;
    }

    public string TaskName { get; }

    public int TaskId { get; }

    /// <summary>Null when the sub-orchestration never ran, as with the published engine.</summary>
    public TaskFailureDetails FailureDetails { get; }

    private static string Text(string name, int id, TaskFailureDetails? failure) =>
        $"Task '{name}' (#{id}) failed with an unhandled exception" + (failure is null ? "." : $": {failure.ErrorMessage}");
}
