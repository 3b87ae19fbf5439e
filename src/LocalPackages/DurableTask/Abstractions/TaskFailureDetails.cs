using System.Reflection;
using DurableTask.Core.Exceptions;

namespace Microsoft.DurableTask;

public record TaskFailureDetails(
    string ErrorType, string ErrorMessage, string? StackTrace, TaskFailureDetails? InnerFailure, IDictionary<string, object?>? Properties)
{
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    public bool IsCausedBy<T>()
        where T : Exception => Causes(typeof(T), Assembly.GetCallingAssembly());

    public bool IsCausedBy(Type targetBaseExceptionType)
    {
        ArgumentNullException.ThrowIfNull(targetBaseExceptionType);
        if (!typeof(Exception).IsAssignableFrom(targetBaseExceptionType))
        {
            throw new ArgumentException($"{targetBaseExceptionType} is not an exception type.", nameof(targetBaseExceptionType));
        }

        return Causes(targetBaseExceptionType, Assembly.GetCallingAssembly());
    }

    public static TaskFailureDetails FromException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (exception is OrchestrationException { FailureDetails: { } known })
        {
            return known;
        }

        var inner = exception.InnerException is { } cause ? FromException(cause) : (exception as TaskFailedException)?.FailureDetails;
        return new(exception.GetType().ToString(), exception.Message, exception.StackTrace, inner, null);
    }

    private bool Causes(Type target, Assembly caller)
    {
        var type = Type.GetType(ErrorType) ?? target.Assembly.GetType(ErrorType) ?? caller.GetType(ErrorType) ?? Loaded(ErrorType);
        return type is not null && target.IsAssignableFrom(type);
    }

    private static Type? Loaded(string name)
    {
        var found = AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(name)).OfType<Type>().ToList();
        return found.Count > 1 ? throw new AmbiguousMatchException($"Several loaded types are named {name}.") : found.FirstOrDefault();
    }
}
