namespace Relais.Simulators;

public enum RestFaultKind
{
    /// <summary>Refused with a code, nothing done.</summary>
    Error,

    /// <summary>Not a word, nothing done.</summary>
    HangBefore,

    /// <summary>Done, then not a word.</summary>
    HangAfter,

    /// <summary>The connection is cut, nothing done.</summary>
    CutBefore,

    /// <summary>Done, then the connection is cut.</summary>
    CutAfter,

    /// <summary>503 with a proxy's HTML page, nothing done.</summary>
    Unavailable,
}

/// <summary>What goes wrong with a REST operation.</summary>
public sealed record RestFault(RestFaultKind Kind)
{
    public int Code { get; init; } = 20500;

    /// <summary>Of the HTTP answer.</summary>
    public int Status { get; init; } = 400;

    public string? Message { get; init; }

    public static RestFault TooManyRequests { get; } = new(RestFaultKind.Error) { Code = 20429, Status = 429, Message = "Too Many Requests" };

    public static RestFault ServerError { get; } = new(RestFaultKind.Error) { Code = 20500, Status = 500, Message = "Internal server error" };

    public static RestFault Unavailable { get; } = new(RestFaultKind.Unavailable);

    public static RestFault HangBefore { get; } = new(RestFaultKind.HangBefore);

    public static RestFault HangAfter { get; } = new(RestFaultKind.HangAfter);

    public static RestFault CutBefore { get; } = new(RestFaultKind.CutBefore);

    public static RestFault CutAfter { get; } = new(RestFaultKind.CutAfter);

    public static RestFault Error(int code, int status = 400, string? message = null) => new(RestFaultKind.Error) { Code = code, Status = status, Message = message };

    internal TwilioFault Refusal => new(Code, Status, Message ?? $"Error {Code}");
}
