namespace Relais.Simulators;

/// <summary>What happened to a number since the last reset.</summary>
public sealed record NumberHistory(string PhoneNumber)
{
    /// <summary>Over the API.</summary>
    public int Bought { get; init; }

    public int BoughtInConsole { get; init; }

    /// <summary>Over the API.</summary>
    public int Released { get; init; }

    public int ReleasedInConsole { get; init; }

    /// <summary>The account that has it now; null when nobody has.</summary>
    public string? OwnedBy { get; init; }

    /// <summary>PN…, of the owned number.</summary>
    public string? Sid { get; init; }
}

/// <summary>The numbers that were bought, released or are owned.</summary>
public sealed record NumberReport(IReadOnlyList<NumberHistory> Numbers)
{
    /// <summary>Purchases over the API.</summary>
    public int Bought => Numbers.Sum(number => number.Bought);

    /// <summary>Releases over the API.</summary>
    public int Released => Numbers.Sum(number => number.Released);

    /// <summary>Numbers bought more than once over the API, whether released in between or not.</summary>
    public IReadOnlyList<string> BoughtAgain => [.. Numbers.Where(number => number.Bought > 1).Select(number => number.PhoneNumber)];

    public IReadOnlyList<string> OwnedBy(string accountSid) => [.. Numbers.Where(number => number.OwnedBy == accountSid).Select(number => number.PhoneNumber)];
}
