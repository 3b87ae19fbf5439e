using System.Threading.Channels;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>A signal that keeps until it is waited for.</summary>
internal sealed class Wakeup(TimeProvider time)
{
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => signal.Writer.TryWrite(true);

    public void Reset() => signal.Reader.TryRead(out _);

    /// <summary>Until it is set or the wait is cancelled; never throws, and tells which.</summary>
    public async Task<bool> WaitAsync(CancellationToken ct)
    {
        await ((Task)signal.Reader.WaitToReadAsync(ct).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return signal.Reader.TryRead(out _);
    }

    /// <summary>The same, for at most a while.</summary>
    public async Task<bool> WaitAsync(TimeSpan limit, CancellationToken ct)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        return await WaitAsync(either.Token);
    }
}
