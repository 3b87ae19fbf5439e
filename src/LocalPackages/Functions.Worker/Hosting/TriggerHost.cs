using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>
/// Takes work from after the start of the app to the signal to stop, then lets what runs finish; when the time for
/// that is over, the tokens of the invocations are cancelled.
/// </summary>
internal abstract class TriggerHost(TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan AfterCancel = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource cancelWork = new();
    private Task work = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        work = Task.Run(() => RunAsync(stop.Token, cancelWork.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => stop.CancelAsync();

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await work.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!work.IsCompleted)
        {
            await cancelWork.CancelAsync();
            await work.WaitAsync(AfterCancel, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        stop.Dispose();
        cancelWork.Dispose();
    }

    /// <summary>Ends when it was told to stop and all it started is done.</summary>
    protected abstract Task RunAsync(CancellationToken stop, CancellationToken cancelWork);
}
