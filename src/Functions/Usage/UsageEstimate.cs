using System.ComponentModel.DataAnnotations;

namespace Relais.Usage;

/// <summary>One line of an estimate: quantity × unit price. Without a price, nothing is known of its amount.</summary>
/// <param name="Item">sms-out, sms-in, mms-out, mms-in, whatsapp-out, whatsapp-in, number-local …</param>
/// <param name="Country">ISO 3166-1 alpha-2 of the number that received; '*': not known.</param>
/// <param name="PriceValidFrom">Since when this price holds.</param>
internal sealed record EstimateLine(
    string Item, string Country, long Quantity, [property: AllowedValues("segment", "message", "number")] string Unit, decimal? UnitPrice, decimal? Amount, DateOnly? PriceValidFrom);

/// <summary>What a month costs by the price list. Pure.</summary>
/// <param name="Total">Of the lines with a price.</param>
/// <param name="IsComplete">Every line has a price.</param>
internal sealed record UsageEstimate(string Currency, decimal Total, bool IsComplete, IReadOnlyList<EstimateLine> Lines)
{
    public const string ListCurrency = "USD";

    /// <param name="days">Of one month.</param>
    /// <param name="rentals">Billed for the whole month.</param>
    public static UsageEstimate Calculate(DateOnly month, IEnumerable<UsageDay> days, IEnumerable<Rental> rentals, PriceList prices)
    {
        var used = days.Where(day => day.Quantity > 0).Select(day => (day.Item, day.Country, day.Unit, day.Quantity, Price: prices.Find(day.Item, day.Country, day.Day)));
        var rented = rentals.Select(rental => (
            rental.Item, rental.Country, Unit: "number", Quantity: (long)rental.Numbers, Price: prices.Find(rental.Item, rental.Country, month)));
        var lines = used.Concat(rented)
            .Select(one => one with { Price = one.Price?.Currency == ListCurrency ? one.Price : null })
            .GroupBy(one => (one.Item, one.Country, one.Unit, one.Price?.ValidFrom, one.Price?.Amount))
            .Select(group => Line(group.Key.Item, group.Key.Country, group.Sum(one => one.Quantity), group.Key.Unit, group.Key.Amount, group.Key.ValidFrom))
            .OrderBy(line => line.Item, StringComparer.Ordinal).ThenBy(line => line.Country, StringComparer.Ordinal).ThenBy(line => line.PriceValidFrom)
            .ToList();
        return new UsageEstimate(ListCurrency, lines.Sum(line => line.Amount ?? 0), lines.TrueForAll(line => line.Amount is not null), lines);
    }

    private static EstimateLine Line(string item, string country, long quantity, string unit, decimal? price, DateOnly? validFrom) =>
        new(item, country, quantity, unit, price, price * quantity, validFrom);
}
