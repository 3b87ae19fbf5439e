namespace Relais.Simulators;

/// <summary>A Twilio account.</summary>
/// <param name="Sid">AC…</param>
public sealed record SimulatedAccount(string Sid, string AuthToken)
{
    public static SimulatedAccount Demo { get; } =
        new("AC00000000000000000000000000000001", "0123456789abcdef0123456789abcdef");

    public string FriendlyName { get; init; } = "Simulation";

    /// <summary>active; suspended: 403 with 20005, except for the account and its balance; closed: 401 with 20003.</summary>
    public string Status { get; init; } = "active";

    /// <summary>Full or Trial. A trial account can own one number at most.</summary>
    public string Type { get; init; } = "Full";

    /// <summary>SID of the main account of a sub-account; null: not a sub-account.</summary>
    public string? OwnerAccountSid { get; init; }

    /// <summary>Balance in US dollars. Messages may make it negative; a number that it does not cover cannot be bought.</summary>
    public decimal Balance { get; init; } = 100;
}
