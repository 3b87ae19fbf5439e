using System.ComponentModel.DataAnnotations;

namespace Relais.Numbers;

/// <summary>Settings under Numbers.</summary>
internal sealed class NumbersOptions
{
    public const string Section = "Numbers";

    /// <summary>How long a purchase request waits for its order to end before the answer is 202.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:03:00")]
    public TimeSpan PurchaseWait { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The delay before a failed call is retried; it doubles after each failure in a row.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A call to buy is sent within this time after its start was committed, or not at all.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan SendDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After a call to buy whose answer was lost: the time from its start after which a missing number counts as not bought. It must exceed
    /// <see cref="SendDeadline"/>, one call and a second together.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ConfirmAbsenceAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a call to buy that was sent at the last moment was answered or timed out before its absence is confirmed.</summary>
    public bool ExceedsSendDeadlineAndCall(TimeSpan callTimeout) =>
        ConfirmAbsenceAfter.TotalSeconds > SendDeadline.TotalSeconds + callTimeout.TotalSeconds + 1;
}
