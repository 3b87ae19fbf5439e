using System.Numerics;
using Relais.Accounts;
using Relais.Channels;

namespace Relais.Numbers.Orders.Run;

/// <summary>Where an order stands; no number and no token, because histories keep it.</summary>
/// <param name="IsStored">It stands in the inventory.</param>
/// <param name="RetryAt">Nothing before then.</param>
internal sealed record OrderProgress(string Status, bool IsStored, DateTimeOffset? RetryAt)
{
    public static OrderProgress From(OrderRow order) => new(order.Status, order.NumberId is not null, order.RetryAt);
}

internal enum OrderStepKind
{
    Buy,
    Store,
    Connect,
    Register,
    Undo,
    Wait,
    End,
}

internal readonly record struct OrderStep(OrderStepKind Kind, TimeSpan Delay = default);

/// <summary>What follows from a call that came to nothing.</summary>
/// <param name="Status">The status from now on.</param>
/// <param name="Code">One of ours; null while it is tried again.</param>
/// <param name="RetryAt">Nothing before then.</param>
internal sealed record OrderFailureTransition(string Status, string? Code, string? ProviderCode, DateTimeOffset? RetryAt)
{
    /// <summary>The provider's own code for why the undoing did not succeed.</summary>
    public string? UndoErrorCode { get; init; }
}

/// <summary>What an order needs next. Pure.</summary>
internal static class OrderDecision
{
    /// <summary>Calls in a row that may come to nothing before an order is undone.</summary>
    public const int MaxFailures = 5;

    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);
    private static readonly long Second = TimeSpan.TicksPerSecond;

    public static OrderStep Next(OrderProgress order, DateTimeOffset now) => order.Status switch
    {
        OrderStatus.Done or OrderStatus.Failed => new OrderStep(OrderStepKind.End),
        _ when order.RetryAt > now => new OrderStep(OrderStepKind.Wait, RoundUpToSecond(order.RetryAt.Value) - now),
        OrderStatus.Reserved or OrderStatus.Buying => new OrderStep(OrderStepKind.Buy),
        OrderStatus.Bought => new OrderStep(order.IsStored ? OrderStepKind.Connect : OrderStepKind.Store),
        OrderStatus.Connected => new OrderStep(OrderStepKind.Register),
        _ => new OrderStep(OrderStepKind.Undo),
    };

    /// <param name="order">As it was when the call was made.</param>
    /// <param name="failure">What came of the call.</param>
    /// <param name="now">The time of the decision.</param>
    /// <param name="options">Pauses.</param>
    public static OrderFailureTransition AfterFailure(OrderRow order, ProviderFailure failure, DateTimeOffset now, NumbersOptions options)
    {
        if (order.Status == OrderStatus.Undoing)
        {
            // never forgotten: what is billed is given back, however long it takes
            return new OrderFailureTransition(OrderStatus.Undoing, null, null, now + Pause(order.Failures, options)) { UndoErrorCode = failure.Code };
        }

        return failure.IsTransient && order.Failures + 1 < MaxFailures
            ? new OrderFailureTransition(order.Status, null, null, now + Pause(order.Failures, options))
            : FailOrUndo(order, FailureCode(order, failure), failure, now, options);
    }

    /// <summary>The order cannot come to a good end.</summary>
    /// <param name="failure">Null: it is not the provider's doing.</param>
    public static OrderFailureTransition FailOrUndo(OrderRow order, string code, ProviderFailure? failure, DateTimeOffset now, NumbersOptions options)
    {
        // the only purchase ever begun was refused: nothing can have been bought
        if (order.Status == OrderStatus.Buying && order.Attempts == 1 && failure is { Kind: ProviderFailureKind.Refused })
        {
            return new OrderFailureTransition(OrderStatus.Failed, code, failure.Code, null);
        }

        // a purchase whose answer was lost may still be on its way: what the account has is believed only when it no longer can be
        var unsettled = order.Status == OrderStatus.Buying || order.Attempts > 1;
        var recheckAt = unsettled && order.PurchaseStartedAt is { } startedAt ? (DateTimeOffset?)startedAt + options.ConfirmAbsenceAfter : null;
        return new OrderFailureTransition(OrderStatus.Undoing, code, failure?.Code, recheckAt);
    }

    /// <summary>Whether this failure in a row is worth a warning: the first, the second, the fourth, the eighth …</summary>
    public static bool ShouldLogFailure(int failures) => BitOperations.IsPow2(failures);

    /// <summary>A purchase may leave: on both clocks, because one stands still while the machine does and the other can be set back.</summary>
    public static bool CanStillSend(TimeSpan elapsed, DateTimeOffset startedAt, DateTimeOffset now, NumbersOptions options) =>
        elapsed < options.SendDeadline && (now - startedAt).Duration() < options.SendDeadline;

    // what was sent is not missing; and some codes mean something of their own to a purchase
    private static string FailureCode(OrderRow order, ProviderFailure failure) => (ProviderReasons.Find(failure), failure.Code, order) switch
    {
        (TelephonyFailures.AddressRequired, _, { AddressSid: not null }) => TelephonyFailures.AddressNotAccepted,
        (TelephonyFailures.BundleRequired, _, { BundleSid: not null }) => TelephonyFailures.BundleNotAccepted,
        (_, "20404" or "20422", { Status: OrderStatus.Buying, AddressSid: null, BundleSid: null }) =>
            failure.Code == "20404" ? TelephonyFailures.CredentialsRejected : TelephonyFailures.NumberInvalid,
        (_, "20404" or "20422", { Status: OrderStatus.Buying }) => TelephonyFailures.AddressNotAccepted,
        (var code, _, _) => code,
    };

    // the published engine keeps whole seconds: a timer would fire before its time, and again
    private static DateTimeOffset RoundUpToSecond(DateTimeOffset time) => time.AddTicks((Second - (time.Ticks % Second)) % Second);

    private static TimeSpan Pause(int failures, NumbersOptions options)
    {
        var pause = options.FirstRetryDelay * Math.Pow(2, Math.Min(failures, 16));
        return pause < MaxPause ? pause : MaxPause;
    }
}
