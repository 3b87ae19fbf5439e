using System.Globalization;

namespace Relais.Simulators;

/// <param name="Prefix">with which its numbers begin, E.164</param>
/// <param name="Length">of a whole number, with the plus</param>
/// <param name="Locality">null where numbers are of no place</param>
internal sealed record NumberBlock(string Country, NumberType Type, string Prefix, int Length, string? Locality = null, string? Region = null)
{
    private const int Size = 40;

    public string? PostalCode { get; init; }

    public decimal? Latitude { get; init; }

    public decimal? Longitude { get; init; }

    public bool Mms { get; init; }

    public bool Voice { get; init; } = true;

    public AddressRequirement Address { get; init; }

    public bool NeedsBundle { get; init; }

    public bool NeedsIdentity { get; init; }

    public bool IsNorthAmerican => Prefix.StartsWith("+1", StringComparison.Ordinal);

    /// <summary>Three digits, in North America.</summary>
    public string? AreaCode => IsNorthAmerican ? Prefix[2..] : null;

    /// <summary>The numbers that were never sold, always the same.</summary>
    public IEnumerable<string> Numbers() => Enumerable.Range(0, Size).Select(Number);

    public bool Holds(string number) => number.Length == Length && number.StartsWith(Prefix, StringComparison.Ordinal);

    public string FriendlyName(string number) => IsNorthAmerican ? $"({number[2..5]}) {number[5..8]}-{number[8..]}" : number;

    // an exchange of 200 to 899 without 555, whose numbers tests take for themselves
    private string Number(int index)
    {
        var digits = Length - Prefix.Length;
        if (!IsNorthAmerican)
        {
            return Prefix + Digits((long)(Roll(index, "number") * Math.Pow(10, digits - 2)), digits - 2) + index.ToString("00", CultureInfo.InvariantCulture);
        }

        var exchange = 200 + (int)(Roll(index, "exchange") * 700);
        return $"{Prefix}{(exchange == 555 ? 556 : exchange)}{Digits((long)(Roll(index, "line") * 100), 2)}{index:00}";
    }

    private double Roll(int index, string question) => SeededRandom.Roll(index, Prefix, question);

    private static string Digits(long value, int count) => value.ToString(CultureInfo.InvariantCulture).PadLeft(count, '0');
}
