using Npgsql;
using Relais.Numbers.Offers;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>Counts the numbers that a tenant rented at any time in a month, by type and country.</summary>
internal static class Rentals
{
    private const string SelectNumbers = """
        select number, country, number_type
        from phone_numbers
        where tenant_id = @TenantId and created_at < @To and (released_at is null or released_at >= @From)
        """;

    private sealed class Row
    {
        public required string Number { get; init; }
        public string? Country { get; init; }
        public string? NumberType { get; init; }
    }

    public static async Task<List<Rental>> SelectOfMonthAsync(NpgsqlTransaction tx, Guid tenantId, DateOnly month, CancellationToken ct)
    {
        var from = month.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var rows = await tx.QueryAsync<Row>(SelectNumbers, new { TenantId = tenantId, From = from, To = from.AddMonths(1) }, ct);
        return [.. rows
            // A number that was released and bought again in the same month counts twice, because it is billed twice.
            .GroupBy(row => (
                Item: NumberTypes.GetPriceItem(FindType(row)),
                Country: row.Country ?? CallingCodes.FindCountry(row.Number) ?? "US"))
            .Select(group => new Rental(group.Key.Item, group.Key.Country, group.Count()))];
    }

    private static string FindType(Row row) =>
        row.NumberType ?? (CallingCodes.IsNorthAmericanTollFree(row.Number) ? NumberTypes.TollFree : NumberTypes.Local);
}
