using System.Globalization;

namespace Relais.Simulators;

/// <summary>A block of numbers that Twilio sells, with the same prefix, place and requirements.</summary>
/// <param name="Prefix">start of the numbers, in E.164 format</param>
/// <param name="Length">characters of a number, including the plus</param>
/// <param name="Locality">city; null: the numbers belong to no place</param>
internal sealed record NumberBlock(
    string Country, NumberType Type, string Prefix, int Length, string? Locality = null, string? Region = null)
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

    /// <summary>Area code of three digits in North America; null elsewhere.</summary>
    public string? AreaCode => IsNorthAmerican ? Prefix[2..] : null;

    /// <summary>Returns the numbers that are for sale at the start, always the same.</summary>
    public IEnumerable<string> Numbers() => Enumerable.Range(0, Size).Select(Number);

    /// <summary>Whether the number belongs to this block, for sale or not.</summary>
    public bool Holds(string number) =>
        number.Length == Length && number.StartsWith(Prefix, StringComparison.Ordinal);

    public string FriendlyName(string number) =>
        IsNorthAmerican ? $"({number[2..5]}) {number[5..8]}-{number[8..]}" : number;

    // The exchange code is 200 to 899, but not 555: tests use the 555 numbers for their own senders.
    private string Number(int index)
    {
        var digits = Length - Prefix.Length;
        if (!IsNorthAmerican)
        {
            return Prefix
                + Digits((long)(Roll(index, "number") * Math.Pow(10, digits - 2)), digits - 2)
                + index.ToString("00", CultureInfo.InvariantCulture);
        }

        var exchange = 200 + (int)(Roll(index, "exchange") * 700);
        return $"{Prefix}{(exchange == 555 ? 556 : exchange)}{Digits((long)(Roll(index, "line") * 100), 2)}{index:00}";
    }

    private double Roll(int index, string purpose) => SeededRandom.Roll(index, Prefix, purpose);

    private static string Digits(long value, int count) => value.ToString(CultureInfo.InvariantCulture).PadLeft(count, '0');
}
