using System.ComponentModel;
using System.Text.Json.Serialization;
using Relais.Accounts;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Numbers.Offers;

/// <summary>Asks for the requirements of one number, or of a country and type together.</summary>
internal sealed record RequirementsRequest
{
    [JsonPropertyName("phone_number")]
    public string? Number { get; init => field = RequestFormats.NullIfEmpty(value); }

    [Description("Two letters in any case.")]
    public string? Country { get; init => field = RequestFormats.NullIfEmpty(value)?.ToUpperInvariant(); }

    [Description("local, mobile or toll_free, in any case; tollfree and toll-free are accepted.")]
    public string? Type { get; init => field = NumberTypes.Normalise(value); }

    public Failure? Validate() => new FaultList()
        .Check(
            "phone_number",
            Number is not null || (Country is not null && Type is not null),
            "is required unless country and type are given")
        .Check("phone_number", Number is null || (Country is null && Type is null), "must not be combined with country and type")
        .Check("phone_number", Number is null || PhoneNumber.IsE164(Number), RequestFormats.PhoneNumberFault)
        .Check("country", Country is null || RequestFormats.IsCountry(Country), RequestFormats.CountryFault)
        .Check("type", Type is null || NumberTypes.All.Contains(Type), RequestFormats.TypeFault)
        .Failure;
}

/// <summary>Reads the requirements of a purchase, so that the caller can gather the documents before buying.</summary>
internal sealed class GetRequirements(
    TenantAccounts accounts, FindNumberForSale findNumberForSale, GetPurchaseRequirements getPurchaseRequirements)
{
    public async Task<Result<PurchaseRequirements>> RunAsync(Guid tenantId, RequirementsRequest request, CancellationToken ct)
    {
        if (request.Validate() is { } invalid)
        {
            return invalid;
        }

        var account = await accounts.FindAsync(tenantId, ct);
        if (account is null)
        {
            return TelephonyFailures.Create(TelephonyFailures.NoAccount);
        }

        if (request.Number is null)
        {
            return await getPurchaseRequirements.RunAsync(
                tenantId, account.Credentials, request.Country!, request.Type!, addressRequirement: null, ct);
        }

        var offer = await findNumberForSale.RunAsync(account.Credentials, request.Number);
        return offer.Failure is { } failure
            ? failure
            : await getPurchaseRequirements.RunAsync(
                tenantId, account.Credentials, offer.Value.Country, offer.Value.Type, offer.Value.Number.AddressRequirement, ct);
    }
}
