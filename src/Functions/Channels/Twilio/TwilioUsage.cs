using System.Globalization;
using Twilio.Rest.Api.V2010.Account.Usage.Record;

namespace Relais.Channels.Twilio;

/// <summary>Reads Twilio's usage records of one account, without those of its sub-accounts.</summary>
internal sealed class TwilioUsage(TwilioClients clients) : IUsageProvider
{
    private const int PageSize = 1000;

    public Task<ProviderResult<List<UsageRecord>>> ReadMonthAsync(ProviderCredentials account, DateOnly month) => clients.CallAsync(
        account,
        async client =>
        {
            var options = new ReadMonthlyOptions
            {
                StartDate = month.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
                EndDate = month.AddMonths(1).AddDays(-1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
                IncludeSubaccounts = false,
                PageSize = PageSize,
            };
            var found = await MonthlyResource.ReadAsync(options, client);
            return found.Select(ToUsageRecord).ToList();
        });

    private static UsageRecord ToUsageRecord(MonthlyResource record) => new(
        record.Category,
        Number(record.Count),
        Number(record.Usage),
        record.Price ?? 0,
        (record.PriceUnit ?? "usd").ToUpperInvariant(),
        DateTimeOffset.Parse(record.AsOf, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    private static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
