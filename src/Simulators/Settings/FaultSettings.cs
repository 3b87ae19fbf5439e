namespace Relais.Simulators;

/// <summary>Faults of all requests and callbacks: shares between 0 and 1, times in milliseconds.</summary>
public sealed record FaultSettings
{
    public int LatencyMs { get; init; }

    /// <summary>Maximum of the random time that is added to the latency.</summary>
    public int LatencyJitterMs { get; init; }

    /// <summary>Share of requests refused with 429 and code 20429.</summary>
    public double TooManyRequests { get; init; }

    /// <summary>Share of requests refused with 500 and code 20500.</summary>
    public double ServerError { get; init; }

    /// <summary>Share of requests refused with 503 and the HTML page of a proxy.</summary>
    public double Unavailable { get; init; }

    /// <summary>Share of requests that hang and are not accepted.</summary>
    public double HangBefore { get; init; }

    /// <summary>Share of requests that are accepted, then hang.</summary>
    public double HangAfter { get; init; }

    /// <summary>Share of requests whose connection is cut and which are not accepted.</summary>
    public double CutBefore { get; init; }

    /// <summary>Share of requests that are accepted, then their connection is cut.</summary>
    public double CutAfter { get; init; }

    /// <summary>Share of messages whose first callback arrives before the answer of the request.</summary>
    public double EarlyCallback { get; init; }

    /// <summary>Share of callbacks that are sent three times.</summary>
    public double DuplicateCallback { get; init; }

    /// <summary>Share of callbacks that are delayed at random, up to <see cref="ShuffleSpreadMs"/>, so that their order changes.</summary>
    public double ShuffleCallback { get; init; }

    /// <summary>Share of callbacks that are delayed by <see cref="LateByMs"/>.</summary>
    public double LateCallback { get; init; }

    /// <summary>Share of callbacks that are never sent.</summary>
    public double DropCallback { get; init; }

    public int LateByMs { get; init; } = 2000;

    public int ShuffleSpreadMs { get; init; } = 300;

    /// <summary>Time after which the connection of a hanging request is cut.</summary>
    public int HoldForMs { get; init; } = 60000;

    /// <summary>Limit of concurrent requests; further requests get 429. 0: no limit.</summary>
    public int MaxConcurrentRequests { get; init; }
}
