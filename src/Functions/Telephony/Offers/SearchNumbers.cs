using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Telephony.Accounts;

namespace Relais.Telephony.Offers;

internal sealed class SearchNumbers(TenantDb db, AccountDirectory accounts, INumberProvider provider, TimeProvider time)
{
    private const int Most = 30;

    private const string TenantCountry = "select country from tenants where id = @TenantId";

    public async Task<Result<SearchAnswer>> RunAsync(Guid tenantId, SearchRequest request, CancellationToken ct)
    {
        var home = await db.RunAsync(tenantId, tx => tx.QueryOneAsync<string>(TenantCountry, new { TenantId = tenantId }, ct), ct);
        if (request.FailureOf(home!) is { } invalid)
        {
            return invalid;
        }

        var account = request.AccountSid is null ? (await accounts.FindAsync(tenantId, ct))?.Provider : new ProviderAccount(request.AccountSid, request.AuthToken!);
        if (account is null)
        {
            return TelephonyFailures.Named(TelephonyFailures.NoAccount);
        }

        var (country, type) = (request.Country ?? home!, request.Type ?? NumberTypes.Local);
        var found = await provider.SearchAsync(account, new NumberSearch(country, type, request.AreaCode, request.Contains, SmsOnly: true, Most));
        if (found.Failure is { } failure)
        {
            return failure.IsMissing ? TelephonyFailures.Named(TelephonyFailures.TypeNotSold) : TelephonyErrors.Failure(failure);
        }

        var price = await db.RunAsync(tenantId, tx => NumberPrices.FindAsync(tx, country, type, time.GetUtcNow(), ct), ct);
        var numbers = found.Value.ConvertAll(one => new FoundNumber(
            one.Number, one.FriendlyName, one.Locality, one.Region, ShownCapabilities.Of(one.Capabilities), price?.Amount));
        return new SearchAnswer(true, numbers, numbers.Count);
    }
}
