using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>Keeps a process running: when it ends by itself, it is started again.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string name;
    private readonly Func<Task<int>> exited;
    private readonly Func<CancellationToken, Task> startAgain;
    private readonly Screen screen;
    private readonly CancellationTokenSource stopping = new();

    /// <param name="name">As the screen calls it.</param>
    /// <param name="exited">Ends with the exit code of the present process.</param>
    /// <param name="startAgain">Starts it where it was before.</param>
    /// <param name="screen">Says what happened.</param>
    public Supervisor(string name, Func<Task<int>> exited, Func<CancellationToken, Task> startAgain, Screen screen)
    {
        this.name = name;
        this.exited = exited;
        this.startAgain = startAgain;
        this.screen = screen;
        Failed = WatchAsync();
    }

    /// <summary>Ends, with an exception, when the process cannot be kept running.</summary>
    public Task Failed { get; }

    /// <summary>From here on the process may end.</summary>
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

            screen.Warn($"{name} ended with {exitCode}; starting it again");
            await StartAgainAsync();
            screen.Done($"{name} is back");
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
            catch (DevServiceException) when (attempt < Attempts)
            {
                await Task.Delay(Pause, TimeProvider.System, stopping.Token);
            }
        }
    }
}
