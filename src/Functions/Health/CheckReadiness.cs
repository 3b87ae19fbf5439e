namespace Relais.Health;

/// <summary>
/// Asks all dependencies side by side. An answer serves everybody who asks within a second, and whoever asks meanwhile waits for the same one: any
/// number of probes costs one question a second.
/// </summary>
internal sealed partial class CheckReadiness(IEnumerable<IDependency> dependencies, TimeProvider time, ILogger<CheckReadiness> log)
{
    /// <summary>A dependency that has not answered by then counts as away.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private Task<ReadyView>? latest;
    private long answeredAt;
    private bool wasReady = true;

    public Task<ReadyView> RunAsync()
    {
        lock (gate)
        {
            var isFresh = latest is { IsCompleted: true } && time.GetElapsedTime(answeredAt) < CacheTime;
            return latest is not null && (isFresh || !latest.IsCompleted) ? latest : latest = CheckAsync();
        }
    }

    private async Task<ReadyView> CheckAsync()
    {
        var view = ReadyView.From(await Task.WhenAll(dependencies.Select(CheckDependencyAsync)));
        if (view.IsReady != wasReady)
        {
            Log.Changed(log, view.Status, string.Join(", ", view.Dependencies.Select(dependency => $"{dependency.Name} {dependency.State}")));
        }

        (wasReady, answeredAt) = (view.IsReady, time.GetTimestamp());
        return view;
    }

    private async Task<DependencyView> CheckDependencyAsync(IDependency dependency)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        try
        {
            // off the caller's thread, and given up even where the dependency does not listen to the token
            await Task.Run(() => dependency.CheckAsync(limit.Token), limit.Token).WaitAsync(limit.Token);
            return new DependencyView(dependency.Name, DependencyView.Ok);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException || dependency.IsUnavailable(failure))
        {
            return new DependencyView(dependency.Name, limit.IsCancellationRequested ? DependencyView.TimedOut : DependencyView.Unavailable);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The app is {Status}: {Dependencies}")]
        public static partial void Changed(ILogger log, string status, string dependencies);
    }
}
