using System.Numerics;
using Relais.Accounts;
using Relais.Channels;

namespace Relais.Numbers.Orders.Run;

/// <summary>
/// What the orchestration knows about an order, and the result of each activity. It contains no phone number and no token, because
/// orchestration histories store it.
/// </summary>
/// <param name="RetryAt">No step starts before this time; null: the next step starts immediately.</param>
internal sealed record OrderProgress(string Status, DateTimeOffset? RetryAt)
{
    public static OrderProgress From(OrderRow order) => new(order.Status, order.RetryAt);
}

internal enum OrderStepKind
{
    Buy,
    Connect,
    Register,
    Undo,
    Wait,
    End,
}

internal readonly record struct OrderStep(OrderStepKind Kind, TimeSpan Delay = default);

/// <summary>The change of an order after a failed step.</summary>
/// <param name="Status">The new status.</param>
/// <param name="Code">A code of <see cref="TelephonyFailures"/> or <see cref="ProviderReasons"/>; null while the step is retried.</param>
/// <param name="ProviderCode">The error code, the provider's or ours; null while the step is retried or if no call failed.</param>
/// <param name="RetryAt">No step starts before this time; null: the next step starts immediately.</param>
internal sealed record OrderFailureTransition(string Status, string? Code, string? ProviderCode, DateTimeOffset? RetryAt)
{
    /// <summary>The error code, the provider's or ours, of a failed undo; null: the order was not being undone.</summary>
    public string? UndoErrorCode { get; init; }
}

/// <summary>Chooses the next step of an order and its change after a failure. Pure.</summary>
internal static class OrderDecision
{
    /// <summary>This number of failed calls in a row ends the retries: the order is undone.</summary>
    public const int MaxFailures = 5;

    /// <summary>The transient failure of a step whose tenant has no account at the moment.</summary>
    public static readonly ProviderFailure NoAccountFailure = new(ProviderFailureKind.NotSent, SendErrorActions.Unreachable);

    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(5);

    public static OrderStep ChooseNextStep(OrderProgress order, DateTimeOffset now) => order.Status switch
    {
        OrderStatus.Done or OrderStatus.Failed => new OrderStep(OrderStepKind.End),
        _ when order.RetryAt > now => new OrderStep(OrderStepKind.Wait, RoundUpToSecond(order.RetryAt.Value) - now),
        OrderStatus.Reserved or OrderStatus.Buying => new OrderStep(OrderStepKind.Buy),
        OrderStatus.Bought => new OrderStep(OrderStepKind.Connect),
        OrderStatus.Connected => new OrderStep(OrderStepKind.Register),
        _ => new OrderStep(OrderStepKind.Undo),
    };

    /// <summary>Decides between a retry, the end of the order and undoing it.</summary>
    /// <param name="order">The order as it was when the call was made.</param>
    /// <param name="failure">The failure of the call.</param>
    /// <param name="now">The time of the decision.</param>
    /// <param name="options">The retry delays.</param>
    public static OrderFailureTransition AfterFailure(
        OrderRow order, ProviderFailure failure, DateTimeOffset now, NumbersOptions options)
    {
        if (order.Status == OrderStatus.Undoing)
        {
            // The provider bills the number until it is released, so this is retried without limit.
            var retryAt = now + RetryDelay(order.Failures, options);
            return new OrderFailureTransition(OrderStatus.Undoing, null, null, retryAt) { UndoErrorCode = failure.Code };
        }

        return failure.IsTransient && order.Failures + 1 < MaxFailures
            ? new OrderFailureTransition(order.Status, null, null, now + RetryDelay(order.Failures, options))
            : FailOrUndo(order, FailureCode(order, failure), failure, now, options);
    }

    /// <summary>Ends an order that cannot be completed: it fails if nothing can have been bought, otherwise it is undone.</summary>
    /// <param name="failure">Null: the reason is not a failed provider call.</param>
    public static OrderFailureTransition FailOrUndo(
        OrderRow order, string code, ProviderFailure? failure, DateTimeOffset now, NumbersOptions options)
    {
        // The only call that was ever started to buy the number was refused, so the order bought nothing.
        if (order.Status == OrderStatus.Buying && order.Attempts == 1 && failure is { Kind: ProviderFailureKind.Refused })
        {
            return new OrderFailureTransition(OrderStatus.Failed, code, failure.Code, null);
        }

        // A call to buy whose answer was lost may still be in progress at the provider. The account's list proves that it failed only after
        // ConfirmAbsenceAfter, so the order is not undone before that time.
        var mayBeInProgress = order.Status == OrderStatus.Buying || order.Attempts > 1;
        var undoAt = mayBeInProgress && order.PurchaseStartedAt is { } startedAt
            ? (DateTimeOffset?)startedAt + options.ConfirmAbsenceAfter
            : null;
        return new OrderFailureTransition(OrderStatus.Undoing, code, failure?.Code, undoAt);
    }

    /// <summary>Whether to log this failure in a row: only the first, second, fourth, eighth and so on, to keep the log short.</summary>
    public static bool ShouldLogFailure(int failures) => BitOperations.IsPow2(failures);

    /// <summary>
    /// Whether a call to buy may still be sent. Both clocks are checked: the monotonic clock stops while the machine is suspended, and the
    /// wall clock can be set back.
    /// </summary>
    /// <param name="elapsed">The time since the start of the call by the monotonic clock.</param>
    /// <param name="startedAt">The start of the call by the wall clock.</param>
    public static bool CanStillSend(TimeSpan elapsed, DateTimeOffset startedAt, DateTimeOffset now, NumbersOptions options) =>
        elapsed < options.SendDeadline && (now - startedAt).Duration() < options.SendDeadline;

    // An address or bundle that was sent is not missing: it was not accepted. In the answer to a call to buy, 20404 (not found) and
    // 20422 (invalid) are about the address or bundle if the call names any, otherwise about the account and the number.
    private static string FailureCode(OrderRow order, ProviderFailure failure) =>
        (ProviderReasons.ReasonFor(failure), failure.Code, order) switch
        {
            (ProviderReasons.AddressRequired, _, { AddressSid: not null }) => ProviderReasons.AddressNotAccepted,
            (ProviderReasons.BundleRequired, _, { BundleSid: not null }) => TelephonyFailures.BundleNotAccepted,
            (_, "20404" or "20422", { Status: OrderStatus.Buying, AddressSid: null, BundleSid: null }) =>
                failure.Code == "20404" ? ProviderReasons.CredentialsRejected : ProviderReasons.NumberInvalid,
            (_, "20404" or "20422", { Status: OrderStatus.Buying }) => ProviderReasons.AddressNotAccepted,
            (var code, _, _) => code,
        };

    // The Durable engine stores timers in whole seconds: without rounding up, a timer fires too early and the order waits again.
    private static DateTimeOffset RoundUpToSecond(DateTimeOffset time) =>
        time.AddTicks((TimeSpan.TicksPerSecond - (time.Ticks % TimeSpan.TicksPerSecond)) % TimeSpan.TicksPerSecond);

    private static TimeSpan RetryDelay(int failures, NumbersOptions options)
    {
        var delay = options.FirstRetryDelay * Math.Pow(2, Math.Min(failures, 16));
        return delay < MaxRetryDelay ? delay : MaxRetryDelay;
    }
}
