namespace FunctionsHost;

/// <summary>A function failed in the worker. The Durable extension parses this text for the exception's type and message.</summary>
internal sealed class WorkerRpcException(string status, string message, string stack) : Exception($"Result: {status}\nException: {message}\nStack: {stack}")
{
    public static WorkerRpcException From(StatusResult? result) =>
        new(result?.Status.ToString() ?? "Failure", result?.Exception?.Message ?? "", result?.Exception?.StackTrace ?? "");
}

/// <summary>
/// The worker ended while the function ran. The Durable extension looks for this type's name (orchestrators) and for the second
/// sentence of the message (activities), and then returns the work to its queue instead of recording a failure.
/// </summary>
internal sealed class WorkerProcessExitException() : InvalidOperationException("The worker process has ended. Did not find any initialized language workers.");
