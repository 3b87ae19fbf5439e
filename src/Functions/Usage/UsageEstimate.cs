using System.ComponentModel.DataAnnotations;

namespace Relais.Usage;

/// <summary>One line of an estimate: quantity × unit price. Unit price and amount are null when the price list has no price.</summary>
/// <param name="Item">sms-out, sms-in, mms-out, mms-in, whatsapp-out, whatsapp-in, number-local …</param>
/// <param name="Country">ISO 3166-1 alpha-2 of the receiving number; '*' when unknown.</param>
/// <param name="PriceValidFrom">The first day on which this price was valid.</param>
internal sealed record EstimateLine(
    string Item, string Country, long Quantity, [property: AllowedValues("segment", "message", "number")] string Unit,
    decimal? UnitPrice, decimal? Amount, DateOnly? PriceValidFrom);

/// <summary>The cost of a month by the price list. Pure.</summary>
/// <param name="Total">Sum of the lines with a price.</param>
/// <param name="IsComplete">True when every line has a price.</param>
internal sealed record UsageEstimate(string Currency, decimal Total, bool IsComplete, IReadOnlyList<EstimateLine> Lines)
{
    public const string ListCurrency = "USD";

    /// <param name="month">First day of the month.</param>
    /// <param name="days">The days of this month.</param>
    /// <param name="rentals">The rented numbers, each billed for the whole month.</param>
    /// <param name="prices">Prices in other currencies than <see cref="ListCurrency"/> are ignored.</param>
    public static UsageEstimate Calculate(DateOnly month, IEnumerable<UsageDay> days, IEnumerable<Rental> rentals, PriceList prices)
    {
        var messages = days.Where(day => day.Quantity > 0).Select(day => (
            day.Item, day.Country, day.Unit, day.Quantity, Price: prices.Find(day.Item, day.Country, day.Day)));
        var numbers = rentals.Select(rental => (
            rental.Item, rental.Country, Unit: "number", Quantity: (long)rental.Numbers,
            Price: prices.Find(rental.Item, rental.Country, month)));
        var lines = messages.Concat(numbers)
            .Select(entry => entry with { Price = entry.Price?.Currency == ListCurrency ? entry.Price : null })
            .GroupBy(entry => (entry.Item, entry.Country, entry.Unit, entry.Price?.ValidFrom, entry.Price?.Amount))
            .Select(group => CreateLine(
                group.Key.Item, group.Key.Country, group.Sum(entry => entry.Quantity), group.Key.Unit,
                group.Key.Amount, group.Key.ValidFrom))
            .OrderBy(line => line.Item, StringComparer.Ordinal)
            .ThenBy(line => line.Country, StringComparer.Ordinal)
            .ThenBy(line => line.PriceValidFrom)
            .ToList();
        return new UsageEstimate(
            ListCurrency, lines.Sum(line => line.Amount ?? 0), lines.TrueForAll(line => line.Amount is not null), lines);
    }

    private static EstimateLine CreateLine(
        string item, string country, long quantity, string unit, decimal? price, DateOnly? validFrom) =>
        new(item, country, quantity, unit, price, price * quantity, validFrom);
}
