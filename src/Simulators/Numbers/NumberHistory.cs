namespace Relais.Simulators;

/// <summary>The purchases and releases of a number since the last reset.</summary>
public sealed record NumberHistory(string PhoneNumber)
{
    /// <summary>Number of purchases over the API.</summary>
    public int Bought { get; init; }

    public int BoughtInConsole { get; init; }

    /// <summary>Number of releases over the API.</summary>
    public int Released { get; init; }

    public int ReleasedInConsole { get; init; }

    /// <summary>SID of the account that owns the number; null: not owned</summary>
    public string? OwnedBy { get; init; }

    /// <summary>SID of the owned number (PN…); null: not owned</summary>
    public string? Sid { get; init; }
}

/// <summary>The histories of all numbers that were bought or released since the last reset, or are owned.</summary>
public sealed record NumberReport(IReadOnlyList<NumberHistory> Numbers)
{
    /// <summary>Number of purchases over the API.</summary>
    public int Bought => Numbers.Sum(number => number.Bought);

    /// <summary>Number of releases over the API.</summary>
    public int Released => Numbers.Sum(number => number.Released);

    /// <summary>Numbers that were bought more than once over the API, whether released in between or not.</summary>
    public IReadOnlyList<string> BoughtAgain => [.. Numbers.Where(number => number.Bought > 1).Select(number => number.PhoneNumber)];

    public IReadOnlyList<string> OwnedBy(string accountSid) =>
        [.. Numbers.Where(number => number.OwnedBy == accountSid).Select(number => number.PhoneNumber)];
}
