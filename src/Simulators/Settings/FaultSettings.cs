namespace Relais.Simulators;

/// <summary>Faults for every request or callback: shares between 0 and 1, times in milliseconds.</summary>
public sealed record FaultSettings
{
    public int LatencyMs { get; init; }

    /// <summary>Up to so much more.</summary>
    public int LatencyJitterMs { get; init; }

    /// <summary>429 with code 20429: nothing accepted.</summary>
    public double TooManyRequests { get; init; }

    /// <summary>500 with code 20500: nothing accepted.</summary>
    public double ServerError { get; init; }

    /// <summary>503 with a proxy's HTML page: nothing accepted.</summary>
    public double Unavailable { get; init; }

    public double HangBefore { get; init; }

    public double HangAfter { get; init; }

    public double CutBefore { get; init; }

    public double CutAfter { get; init; }

    public double EarlyCallback { get; init; }

    public double DuplicateCallback { get; init; }

    public double ShuffleCallback { get; init; }

    public double LateCallback { get; init; }

    public double DropCallback { get; init; }

    public int LateByMs { get; init; } = 2000;

    public int ShuffleSpreadMs { get; init; } = 300;

    /// <summary>How long a hanging request is held before it is cut.</summary>
    public int HoldForMs { get; init; } = 60000;

    /// <summary>More requests at once than this get 429; no limit when 0.</summary>
    public int MaxConcurrentRequests { get; init; }
}
