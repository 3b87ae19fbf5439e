using Relais.Channels;
using Relais.Sending;
using Relais.Sending.Pump;

namespace Functions.Tests.Sending;

/// <summary>Runs the pump of the tenant's sender as the app does, but without queues and orchestrations.</summary>
internal static class PumpOnce
{
    /// <param name="world">The tenant.</param>
    /// <param name="onRetryWaiting">Called for every message that waits for a retry.</param>
    /// <param name="onUnknown">Called when the pump requests the resolution of its unknown outcomes.</param>
    /// <param name="options">Null: the defaults of the app.</param>
    /// <param name="ct">Stops the pump.</param>
    /// <returns>The result, and the time until the next message is due; null when no message waits.</returns>
    public static async Task<(PumpResult Result, TimeSpan? NextDue)> RunAsync(
        TenantFixture world, Func<AppliedTransition, Task>? onRetryWaiting = null, Func<Task>? onUnknown = null,
        SendingOptions? options = null, CancellationToken ct = default)
    {
        var leases = world.Get<SenderLeases>();
        var lease = await leases.TryAcquireAsync(world.SenderId, ct) ?? throw new InvalidOperationException("The lease is taken.");
        options ??= new SendingOptions();
        var (time, log, metrics) = (TimeProvider.System, world.Log.CreateLogger("pump"), world.Get<SendingMetrics>());
        var inProgress = new InProgressLimit(options.MaxInProgress);
        var recorder = new OutcomeQueue(
            lease.Sender, world.Get<RecordOutcomes>(), onRetryWaiting ?? (_ => Task.CompletedTask), onUnknown ?? (() => Task.CompletedTask),
            inProgress, metrics, options.MaxInProgress, time, log);
        var claims = new ClaimWithRetry(lease, world.Get<ClaimMessages>(), inProgress, metrics, time, log);
        using var run = new PumpRun(lease, claims, leases, world.Get<IMessageSender>(), recorder, inProgress, time, options, log);
        var result = await run.RunAsync(ct);
        return (result, await world.Get<ReleaseSenderLease>().RunAsync(lease, result.RecentSends, claims.Excluded, CancellationToken.None));
    }
}
