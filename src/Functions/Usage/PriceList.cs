using Npgsql;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>The price of one unit from a day on.</summary>
internal sealed record Price
{
    public required string Item { get; init; }
    public required string Country { get; init; }
    public required DateOnly ValidFrom { get; init; }
    public required decimal Amount { get; init; }
    public required string Currency { get; init; }
}

/// <summary>Finds the price that is valid on a day: the latest price of the country, or else the latest price for all countries.</summary>
internal sealed class PriceList(IEnumerable<Price> prices)
{
    private const string SelectPrices = "select item, country, valid_from, trim_scale(amount) as amount, currency from prices";

    private readonly ILookup<(string Item, string Country), Price> prices = prices.ToLookup(price => (price.Item, price.Country));

    public static async Task<PriceList> ReadAsync(NpgsqlTransaction tx, CancellationToken ct) =>
        new(await tx.QueryAsync<Price>(SelectPrices, null, ct));

    /// <returns>Null when the list has no price for the item on that day.</returns>
    public Price? Find(string item, string country, DateOnly day) => Latest(item, country, day) ?? Latest(item, UsageDay.AnyCountry, day);

    private Price? Latest(string item, string country, DateOnly day) =>
        prices[(item, country)].Where(price => price.ValidFrom <= day).MaxBy(price => price.ValidFrom);
}
