using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Accounts;

namespace Relais.Numbers.Offers;

internal sealed class SearchNumbers(TenantDb db, TenantAccounts accounts, INumberProvider provider, TimeProvider time)
{
    private const int MaxNumbers = 30;

    private const string SelectTenantCountry = "select country from tenants where id = @TenantId";

    public async Task<Result<SearchAnswer>> RunAsync(Guid tenantId, SearchRequest request, CancellationToken ct)
    {
        var home = await db.RunAsync(tenantId, tx => tx.QueryOneAsync<string>(SelectTenantCountry, new { TenantId = tenantId }, ct), ct);
        if (request.Validate(home!) is { } invalid)
        {
            return invalid;
        }

        var usable = await AccountAsync(tenantId, request, ct);
        if (usable.Failure is { } unusable)
        {
            return unusable;
        }

        var account = usable.Value;
        var (country, type) = (request.Country ?? home!, request.Type ?? NumberTypes.Local);
        var found = await provider.SearchAsync(account, new NumberSearch(country, type, request.AreaCode?.Digits, request.Contains, SmsOnly: true, MaxNumbers));
        if (found.Failure is { } failure)
        {
            return failure.IsNotFound ? TelephonyFailures.Create(TelephonyFailures.TypeNotSold) : TelephonyFailures.From(failure);
        }

        var price = await db.RunAsync(tenantId, tx => NumberPrices.FindAsync(tx, country, type, time.GetUtcNow(), ct), ct);
        var numbers = found.Value.ConvertAll(one => new FoundNumber(
            one.Number, one.FriendlyName, one.Locality, one.Region, CapabilitiesView.Of(one.Capabilities), price?.Amount));
        return new SearchAnswer(true, numbers, numbers.Count);
    }

    /// <summary>Credentials of the body serve this call alone.</summary>
    private async Task<Result<ProviderAccount>> AccountAsync(Guid tenantId, SearchRequest request, CancellationToken ct)
    {
        if (request is { AccountSid: { } sid, AuthToken: { } token })
        {
            return new ProviderAccount(sid, token);
        }

        var stored = await accounts.FindAsync(tenantId, ct);
        return ResolveAccount.FindMismatch(stored, request.AccountSid) is { } mismatch ? mismatch
            : stored is null ? TelephonyFailures.Create(TelephonyFailures.NoAccount)
            : stored.Provider;
    }
}
