namespace Relais.Simulators;

public sealed record SimulatedAccount(string Sid, string AuthToken)
{
    public static SimulatedAccount Demo { get; } = new("AC00000000000000000000000000000001", "0123456789abcdef0123456789abcdef");

    public string FriendlyName { get; init; } = "Simulation";

    /// <summary>active; suspended (403 with 20005, but for the account itself and its balance); closed (401 with 20003).</summary>
    public string Status { get; init; } = "active";

    /// <summary>Full, or Trial: one number at most.</summary>
    public string Type { get; init; } = "Full";

    /// <summary>Another account's sid for a sub-account.</summary>
    public string? OwnerAccountSid { get; init; }

    /// <summary>In US dollars; numbers and messages are charged to it. It may become negative by messages, not by numbers.</summary>
    public decimal Balance { get; init; } = 100;
}
