using Microsoft.DurableTask;

namespace DurableTask.Core.Exceptions;

/// <summary>Base of what the engine itself throws; carries the failure of the task behind it.</summary>
public class OrchestrationException : Exception
{
    public OrchestrationException()
    {
    }

    public OrchestrationException(string? message)
        : base(message)
    {
    }

    public OrchestrationException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal TaskFailureDetails? FailureDetails { get; init; }
}

/// <summary>The inner exception of the <see cref="Microsoft.DurableTask.TaskFailedException"/> of an activity.</summary>
public sealed class TaskFailedException : OrchestrationException
{
    internal TaskFailedException(TaskFailureDetails failure)
        : base(failure.ErrorMessage) => FailureDetails = failure;
}

/// <summary>Thrown by the client when an instance with the given id is there and not finished.</summary>
public sealed class OrchestrationAlreadyExistsException : OrchestrationException
{
    public OrchestrationAlreadyExistsException()
    {
    }

    public OrchestrationAlreadyExistsException(string? message)
        : base(message)
    {
    }

    public OrchestrationAlreadyExistsException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The orchestrator's code no longer takes the decisions that its history says it took.</summary>
public sealed class NonDeterministicOrchestrationException : OrchestrationException
{
    internal NonDeterministicOrchestrationException(string message)
        : base("Non-Deterministic workflow detected: " + message)
    {
    }
}
