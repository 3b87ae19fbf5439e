using System.Globalization;
using System.Text.Json;
using Twilio.Base;
using Twilio.Clients;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Rest.Api.V2010.Account.AvailablePhoneNumberCountry;
using Twilio.Rest.Numbers.V2.RegulatoryCompliance;
using Twilio.Types;

namespace Relais.Channels.Twilio;

/// <summary>The part that searches numbers for sale, and lists what a buyer must provide.</summary>
internal sealed partial class TwilioNumbers
{
    private const int PageSize = 1000;

    public Task<ProviderResult<List<AvailableNumber>>> SearchAsync(ProviderCredentials account, NumberSearch search) => CallAsync(
        account,
        async client =>
        {
            var found = search.Type switch
            {
                "mobile" => await MobileAsync(search, client),
                "toll_free" => await TollFreeAsync(search, client),
                _ => await LocalAsync(search, client),
            };
            return found.Take(search.Limit).ToList();
        });

    public Task<ProviderResult<List<NumberRegulation>>> ListRegulationsAsync(
        ProviderCredentials account, string country, string type) => CallAsync(
        account,
        async client =>
        {
            var options = new ReadRegulationOptions { IsoCountry = country, NumberType = NumberType(type), PageSize = PageSize };
            var rules = await RegulationResource.ReadAsync(options, client);
            return rules.Select(ToRegulation).ToList();
        });

    public Task<ProviderResult<List<AddressRecord>>> ListAddressesAsync(ProviderCredentials account) => CallAsync(account, async client =>
    {
        var addresses = await AddressResource.ReadAsync(new ReadAddressOptions { PageSize = PageSize }, client);
        return addresses.Select(address => new AddressRecord(address.Sid, address.FriendlyName ?? "", address.IsoCountry ?? "")).ToList();
    });

    public Task<ProviderResult<List<BundleRecord>>> ListBundlesAsync(ProviderCredentials account, string country, string type) => CallAsync(
        account,
        async client =>
        {
            var options = new ReadBundleOptions { IsoCountry = country, NumberType = NumberType(type), PageSize = PageSize };
            var bundles = await BundleResource.ReadAsync(options, client);
            return bundles
                .Where(bundle => bundle.Status == BundleResource.StatusEnum.TwilioApproved
                    || bundle.Status == BundleResource.StatusEnum.ProvisionallyApproved)
                .Select(bundle => new BundleRecord(bundle.Sid, bundle.FriendlyName ?? ""))
                .ToList();
        });

    private static async Task<IEnumerable<AvailableNumber>> LocalAsync(NumberSearch search, ITwilioRestClient client)
    {
        var options = new ReadLocalOptions(search.Country)
        {
            AreaCode = AreaCode(search),
            Contains = search.Contains,
            SmsEnabled = SmsEnabled(search),
            PageSize = search.Limit,
            Limit = search.Limit,
        };
        return OnePage(await LocalResource.ReadAsync(options, client))
            .Select(number => Available(
                number.PhoneNumber, number.FriendlyName, number.Locality, number.Region, number.Capabilities, number.AddressRequirements));
    }

    private static async Task<IEnumerable<AvailableNumber>> MobileAsync(NumberSearch search, ITwilioRestClient client)
    {
        var options = new ReadMobileOptions(search.Country)
        {
            AreaCode = AreaCode(search),
            Contains = search.Contains,
            SmsEnabled = SmsEnabled(search),
            PageSize = search.Limit,
            Limit = search.Limit,
        };
        return OnePage(await MobileResource.ReadAsync(options, client))
            .Select(number => Available(
                number.PhoneNumber, number.FriendlyName, number.Locality, number.Region, number.Capabilities, number.AddressRequirements));
    }

    private static async Task<IEnumerable<AvailableNumber>> TollFreeAsync(NumberSearch search, ITwilioRestClient client)
    {
        var options = new ReadTollFreeOptions(search.Country)
        {
            AreaCode = AreaCode(search),
            Contains = search.Contains,
            SmsEnabled = SmsEnabled(search),
            PageSize = search.Limit,
            Limit = search.Limit,
        };
        return OnePage(await TollFreeResource.ReadAsync(options, client))
            .Select(number => Available(
                number.PhoneNumber, number.FriendlyName, number.Locality, number.Region, number.Capabilities, number.AddressRequirements));
    }

    // The caller wants search.Limit numbers at most; without this, the SDK would read all pages.
    private static ResourceSet<T> OnePage<T>(ResourceSet<T> found)
        where T : Resource
    {
        found.AutoPaging = false;
        return found;
    }

    private static int? AreaCode(NumberSearch search) =>
        search.AreaCode is { } code ? int.Parse(code, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    private static bool? SmsEnabled(NumberSearch search) => search.SmsOnly ? true : null;

    private static AvailableNumber Available(
        PhoneNumber number, PhoneNumber friendlyName, string? locality, string? region, PhoneNumberCapabilities? capabilities,
        string? addressRequirement) =>
        new(number.ToString(), friendlyName?.ToString() ?? "", locality, region, Capabilities(capabilities), addressRequirement ?? "none");

    private static NumberRegulation ToRegulation(RegulationResource rule) =>
        new(rule.FriendlyName ?? "", rule.EndUserType?.ToString() ?? "", RequiresDocuments(rule.Requirements));

    private static NumberCapabilities Capabilities(PhoneNumberCapabilities? capabilities) =>
        new(capabilities?.Sms == true, capabilities?.Mms == true, capabilities?.Voice == true);

    private static bool IsFilledArray(JsonElement element) => element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0;

    // Twilio writes toll-free where the app writes toll_free.
    private static string NumberType(string type) => type.Replace('_', '-');

    // The requirements are an object of lists. The .NET type depends on the JSON library of the SDK, but its text is always JSON.
    private static bool RequiresDocuments(object? requirements)
    {
        if (requirements?.ToString() is not { Length: > 0 } text)
        {
            return false;
        }

        using var document = JsonDocument.Parse(text);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.EnumerateObject().Any(list => IsFilledArray(list.Value));
    }
}
