using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Numbers.Offers;

/// <summary>Finds the monthly price of a number in the dated price list.</summary>
internal static class NumberPrices
{
    private const string SelectLatestPrice = """
        select trim_scale(amount) as amount, currency
        from prices
        where item = @Item and country in (@Country, '*') and valid_from <= (@Now at time zone 'UTC')::date
        order by country = '*', valid_from desc
        limit 1
        """;

    private sealed record Row
    {
        public required decimal Amount { get; init; }
        public required string Currency { get; init; }
    }

    /// <returns>The price of the country, or else the general one (country *); null: the list has neither.</returns>
    public static async Task<Money?> FindAsync(
        NpgsqlTransaction tx, string country, string type, DateTimeOffset now, CancellationToken ct)
    {
        var parameters = new { Item = NumberTypes.GetPriceItem(type), Country = country, Now = now.UtcDateTime };
        var row = await tx.QueryOneAsync<Row>(SelectLatestPrice, parameters, ct);
        return row is null ? null : new Money(row.Amount, row.Currency);
    }
}
