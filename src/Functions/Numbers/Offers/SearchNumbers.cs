using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Offers;

/// <summary>Searches the numbers for sale that support SMS.</summary>
internal sealed class SearchNumbers(TenantDb db, TenantAccounts accounts, INumberProvider provider, TimeProvider time)
{
    private const int MaxNumbers = 30;

    private const string SelectTenantCountry = "select country from tenants where id = @TenantId";

    public async Task<Result<SearchAnswer>> RunAsync(Guid tenantId, SearchRequest request, CancellationToken ct)
    {
        var tenantCountry = await db.RunAsync(
            tenantId, tx => tx.QueryOneAsync<string>(SelectTenantCountry, new { TenantId = tenantId }, ct), ct);
        if (request.Validate(tenantCountry!) is { } invalid)
        {
            return invalid;
        }

        var account = await FindAccountAsync(tenantId, request, ct);
        if (account.Failure is { } accountFailure)
        {
            return accountFailure;
        }

        var (country, type) = (request.Country ?? tenantCountry!, request.Type ?? NumberTypes.Local);
        var search = new NumberSearch(country, type, request.AreaCode?.Digits, request.Contains, SmsOnly: true, MaxNumbers);
        var found = await provider.SearchAsync(account.Value, search);
        if (found.Failure is { } failure)
        {
            return failure.IsNotFound ? TelephonyFailures.Create(TelephonyFailures.TypeNotSold) : TelephonyFailures.From(failure);
        }

        var price = await db.RunAsync(tenantId, tx => NumberPrices.FindAsync(tx, country, type, time.GetUtcNow(), ct), ct);
        var numbers = found.Value.ConvertAll(number => new FoundNumber(
            number.Number, number.FriendlyName, number.Locality, number.Region, CapabilitiesView.From(number.Capabilities), price?.Amount));
        return new SearchAnswer(true, numbers, numbers.Count);
    }

    /// <summary>Credentials in the body are used for this search only and not stored; without them, the stored account is used.</summary>
    private async Task<Result<ProviderCredentials>> FindAccountAsync(Guid tenantId, SearchRequest request, CancellationToken ct)
    {
        if (request is { AccountSid: { } sid, AuthToken: { } token })
        {
            return new ProviderCredentials(sid, token);
        }

        var stored = await accounts.FindAsync(tenantId, ct);
        return ResolveAccount.FindMismatch(stored, request.AccountSid) is { } mismatch ? mismatch
            : stored is null ? TelephonyFailures.Create(TelephonyFailures.NoAccount)
            : stored.Credentials;
    }
}
