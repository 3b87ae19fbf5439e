namespace Relais.Health;

/// <summary>
/// Checks all dependencies in parallel. A result is cached for one second, and concurrent calls share a running check, so any number of
/// probes costs at most one check a second.
/// </summary>
internal sealed partial class CheckReadiness(IEnumerable<IDependency> dependencies, TimeProvider time, ILogger<CheckReadiness> log)
{
    /// <summary>The time after which a dependency without an answer counts as unavailable.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(1);
    private readonly Lock latestLock = new();
    private Task<ReadyView>? latest;
    private long completedAt;
    private bool wasReady = true;

    public Task<ReadyView> RunAsync()
    {
        lock (latestLock)
        {
            var isCached = latest is { IsCompleted: true } && time.GetElapsedTime(completedAt) < CacheTime;
            return latest is not null && (isCached || !latest.IsCompleted) ? latest : latest = CheckAsync();
        }
    }

    private async Task<ReadyView> CheckAsync()
    {
        var view = ReadyView.From(await Task.WhenAll(dependencies.Select(CheckDependencyAsync)));
        if (view.IsReady != wasReady)
        {
            var states = view.Dependencies.Select(dependency => $"{dependency.Name} {dependency.State}");
            Log.ReadinessChanged(log, view.Status, string.Join(", ", states));
        }

        (wasReady, completedAt) = (view.IsReady, time.GetTimestamp());
        return view;
    }

    private async Task<DependencyView> CheckDependencyAsync(IDependency dependency)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        try
        {
            // Task.Run keeps a blocking check away from the caller's thread; WaitAsync ends the wait even if the check ignores the token.
            await Task.Run(() => dependency.CheckAsync(timeout.Token), timeout.Token).WaitAsync(timeout.Token);
            return new DependencyView(dependency.Name, DependencyView.Ok);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException || dependency.IsUnavailable(failure))
        {
            var state = timeout.IsCancellationRequested ? DependencyView.TimedOut : DependencyView.Unavailable;
            return new DependencyView(dependency.Name, state);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The readiness changed to {Status}: {Dependencies}")]
        public static partial void ReadinessChanged(ILogger log, string status, string dependencies);
    }
}
