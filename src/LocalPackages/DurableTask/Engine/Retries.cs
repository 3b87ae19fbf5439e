namespace Microsoft.DurableTask.Engine;

/// <summary>Retry policies and handlers, run inside the orchestrator: their waits are durable timers.</summary>
internal static class Retries
{
    public static Task<T> Run<T>(RunContext context, TaskRetryOptions? retry, Func<Task<T>> call) => retry switch
    {
        { Policy: { } policy } => ByPolicy(context, policy, call),
        { Handler: { } handler } => ByHandler(context, handler, call),
        _ => call(),
    };

    public static TimeSpan Delay(RetryPolicy policy, int failures)
    {
        var wanted = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, failures - 1);
        var most = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : policy.MaxRetryInterval;
        return wanted >= most.TotalMilliseconds ? most : TimeSpan.FromMilliseconds(wanted);
    }

    private static async Task<T> ByPolicy<T>(RunContext context, RetryPolicy policy, Func<Task<T>> call)
    {
        var began = context.CurrentUtcDateTime;
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException e)
            {
                if (failures >= policy.MaxNumberOfAttempts || Expired(context, policy, began) || !policy.ShouldRetry(Details(e)))
                {
                    throw;
                }
            }

            await context.CreateTimer(Delay(policy, failures), CancellationToken.None);
        }
    }

    private static async Task<T> ByHandler<T>(RunContext context, AsyncRetryHandler handler, Func<Task<T>> call)
    {
        var began = context.CurrentUtcDateTime;
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException e)
            {
                var total = context.CurrentUtcDateTime - began;
                if (!await handler(new RetryContext(context, failures, Details(e), total, CancellationToken.None)))
                {
                    throw;
                }
            }
        }
    }

    private static bool Expired(RunContext context, RetryPolicy policy, DateTime began) =>
        policy.RetryTimeout != Timeout.InfiniteTimeSpan && context.CurrentUtcDateTime - began >= policy.RetryTimeout;

    private static TaskFailureDetails Details(TaskFailedException e) =>
        e.FailureDetails ?? new TaskFailureDetails(e.GetType().ToString(), e.Message, null, null, null);
}
