using System.ComponentModel.DataAnnotations;

namespace Relais.Numbers;

/// <summary>Settings under Numbers.</summary>
internal sealed class NumbersOptions
{
    public const string Section = "Numbers";

    /// <summary>How long a purchase is waited for before the answer is 202.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:03:00")]
    public TimeSpan PurchaseWait { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>Before a call that came to nothing is made again; doubled each time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A purchase leaves within this time after it was committed that it begins, or not at all.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan SendDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After a purchase whose answer was lost: when the provider's "there is no such number" is believed. More than <see cref="SendDeadline"/>, one call and a second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ConfirmAbsenceAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A purchase that left at the last moment was answered by then, or given up.</summary>
    public bool OutlastsCall(TimeSpan callTimeout) => ConfirmAbsenceAfter.TotalSeconds > SendDeadline.TotalSeconds + callTimeout.TotalSeconds + 1;
}
