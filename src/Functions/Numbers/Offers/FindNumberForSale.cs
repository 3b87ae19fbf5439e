using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Numbers.Offers;

/// <summary>A number that is for sale now, with the country and type it is sold under.</summary>
internal sealed record NumberOffer(string Country, string Type, AvailableNumber Number);

/// <summary>Finds a given number among the numbers for sale, in each country and type that it may belong to.</summary>
internal sealed class FindNumberForSale(INumberProvider provider)
{
    public async Task<Result<NumberOffer>> RunAsync(ProviderCredentials account, string number)
    {
        var isTypeSold = false;
        var places = ListCountriesAndTypes(number);
        foreach (var (country, type) in places)
        {
            var found = await provider.SearchAsync(account, new NumberSearch(country, type, Contains: number[1..], SmsOnly: false));
            if (found.Failure is { IsNotFound: false } failure)
            {
                return TelephonyFailures.From(failure);
            }

            // A 404 means that the provider does not sell this type in this country.
            isTypeSold |= found.Failure is null;
            if (found.Failure is null && found.Value.Find(candidate => candidate.Number == number) is { } available)
            {
                return new NumberOffer(country, type, available);
            }
        }

        return TelephonyFailures.Create(
            isTypeSold || places.Count == 0 ? ProviderReasons.NumberNotAvailable : TelephonyFailures.TypeNotSold);
    }

    /// <summary>
    /// The countries and types to search for a number, the most likely first. Several countries share the North American toll-free codes.
    /// </summary>
    public static IReadOnlyList<(string Country, string Type)> ListCountriesAndTypes(string number)
    {
        if (CallingCodes.IsNorthAmericanTollFree(number))
        {
            return [("US", NumberTypes.TollFree), ("CA", NumberTypes.TollFree)];
        }

        return CallingCodes.FindCountry(number) switch
        {
            null => [],
            // The provider sells no separate mobile numbers in these countries.
            var country and ("US" or "CA" or "PR") => [(country, NumberTypes.Local)],
            var country => [(country, NumberTypes.Local), (country, NumberTypes.Mobile), (country, NumberTypes.TollFree)],
        };
    }
}
