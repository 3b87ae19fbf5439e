using Relais.Accounts;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Numbers.Offers;

/// <summary>One number, for sale now.</summary>
internal sealed record NumberOffer(string Country, string Type, AvailableNumber Number);

/// <summary>Finds one number among those for sale.</summary>
internal sealed class FindNumberForSale(INumberProvider provider)
{
    public async Task<Result<NumberOffer>> RunAsync(ProviderAccount account, string number)
    {
        var sold = false;
        var places = NumberTypes.SearchPlaces(number);
        foreach (var (country, type) in places)
        {
            var found = await provider.SearchAsync(account, new NumberSearch(country, type, Contains: number[1..], SmsOnly: false));
            if (found.Failure is { IsNotFound: false } failure)
            {
                return TelephonyFailures.From(failure);
            }

            // missing: this type is not sold there
            sold |= found.Failure is null;
            if (found.Failure is null && found.Value.Find(one => one.Number == number) is { } offered)
            {
                return new NumberOffer(country, type, offered);
            }
        }

        return TelephonyFailures.Create(sold || places.Count == 0 ? TelephonyFailures.NumberNotAvailable : TelephonyFailures.TypeNotSold);
    }
}
