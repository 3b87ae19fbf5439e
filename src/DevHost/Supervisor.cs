using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>Restarts a process when it ends by itself.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly string name;
    private readonly Func<Task<int>> exited;
    private readonly Func<CancellationToken, Task> startAgain;
    private readonly Screen screen;
    private readonly CancellationTokenSource stopping = new();

    /// <param name="name">The name of the process on the screen.</param>
    /// <param name="exited">Completes with the exit code of the current process.</param>
    /// <param name="startAgain">Starts the process on the same ports.</param>
    /// <param name="screen">Shows the restarts.</param>
    public Supervisor(string name, Func<Task<int>> exited, Func<CancellationToken, Task> startAgain, Screen screen)
    {
        this.name = name;
        this.exited = exited;
        this.startAgain = startAgain;
        this.screen = screen;
        Failed = WatchAsync();
    }

    /// <summary>Completes with an exception when the process cannot be restarted.</summary>
    public Task Failed { get; }

    /// <summary>Stops watching, so that the caller can stop the process.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Failed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            int exitCode;
            try
            {
                exitCode = await exited().WaitAsync(stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            screen.Warn($"{name} ended with exit code {exitCode}; restarting it");
            await StartAgainAsync();
            screen.Done($"{name} is running again");
        }
    }

    private async Task StartAgainAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await startAgain(stopping.Token);
                return;
            }
            catch (DevServiceException) when (attempt < MaxAttempts)
            {
                await Task.Delay(RetryDelay, TimeProvider.System, stopping.Token);
            }
        }
    }
}
