namespace Relais.Simulators;

/// <summary>The ways in which a REST operation can fail.</summary>
public enum RestFaultKind
{
    /// <summary>The request is refused with an error code and has no effect.</summary>
    Error,

    /// <summary>The request hangs without an answer and has no effect.</summary>
    HangBefore,

    /// <summary>The request takes effect, then hangs without an answer.</summary>
    HangAfter,

    /// <summary>The connection is cut and the request has no effect.</summary>
    CutBefore,

    /// <summary>The request takes effect, then the connection is cut.</summary>
    CutAfter,

    /// <summary>The request gets 503 with the HTML page of a proxy and has no effect.</summary>
    Unavailable,
}

/// <summary>A fault that a test sets for the next requests of a REST operation.</summary>
public sealed record RestFault(RestFaultKind Kind)
{
    /// <summary>Twilio error code of the answer; used by <see cref="RestFaultKind.Error"/> only.</summary>
    public int Code { get; init; } = 20500;

    /// <summary>HTTP status of the answer; used by <see cref="RestFaultKind.Error"/> only.</summary>
    public int Status { get; init; } = 400;

    public string? Message { get; init; }

    public static RestFault TooManyRequests { get; } =
        new(RestFaultKind.Error) { Code = 20429, Status = 429, Message = "Too Many Requests" };

    public static RestFault ServerError { get; } =
        new(RestFaultKind.Error) { Code = 20500, Status = 500, Message = "Internal server error" };

    public static RestFault Unavailable { get; } = new(RestFaultKind.Unavailable);

    public static RestFault HangBefore { get; } = new(RestFaultKind.HangBefore);

    public static RestFault HangAfter { get; } = new(RestFaultKind.HangAfter);

    public static RestFault CutBefore { get; } = new(RestFaultKind.CutBefore);

    public static RestFault CutAfter { get; } = new(RestFaultKind.CutAfter);

    public static RestFault Error(int code, int status = 400, string? message = null) =>
        new(RestFaultKind.Error) { Code = code, Status = status, Message = message };

    internal TwilioFault Refusal => new(Code, Status, Message ?? $"Error {Code}");
}
