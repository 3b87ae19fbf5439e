namespace Microsoft.DurableTask.Engine;

/// <summary>A decision whose end the orchestrator may await.</summary>
internal abstract class OpenTask(Decision decision)
{
    public Decision Decision => decision;

    public abstract void Complete(string? payload);

    public abstract void Fail(TaskFailureDetails? failure);

    public abstract bool Cancel(CancellationToken token);
}

internal sealed class OpenTask<T>(Decision decision) : OpenTask(decision)
{
    private readonly TaskCompletionSource<T> source = new();

    public Task<T> Task => source.Task;

    public override void Complete(string? payload)
    {
        T value;
        try
        {
            value = Json.Read<T>(payload);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or NotSupportedException)
        {
            source.TrySetException(e);
            return;
        }

        source.TrySetResult(value);
    }

    public override void Fail(TaskFailureDetails? failure)
    {
        var cause = failure is not null && Decision is ActivityDecision
            ? new global::DurableTask.Core.Exceptions.TaskFailedException(failure)
            : null;
        source.TrySetException(new TaskFailedException(Decision.Name, Decision.Id, failure, cause));
    }

    public override bool Cancel(CancellationToken token) => source.TrySetCanceled(token);
}
