using System.Globalization;
using System.Text.Json;
using Twilio.Base;
using Twilio.Clients;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Rest.Api.V2010.Account.AvailablePhoneNumberCountry;
using Twilio.Rest.Numbers.V2.RegulatoryCompliance;
using Twilio.Types;

namespace Relais.Channels.Twilio;

/// <summary>What is for sale, and what a buyer must have.</summary>
internal sealed partial class TwilioNumbers
{
    private const int PageSize = 1000;

    public Task<ProviderResult<List<AvailableNumber>>> SearchAsync(ProviderAccount account, NumberSearch search) => CallAsync(account, async client =>
    {
        var found = search.Type switch
        {
            "mobile" => await MobileAsync(search, client),
            "toll_free" => await TollFreeAsync(search, client),
            _ => await LocalAsync(search, client),
        };
        return found.Take(search.Limit).ToList();
    });

    public Task<ProviderResult<List<NumberRegulation>>> ListRegulationsAsync(ProviderAccount account, string country, string type) => CallAsync(account, async client =>
    {
        var options = new ReadRegulationOptions { IsoCountry = country, NumberType = NumberType(type), PageSize = PageSize };
        var rules = await RegulationResource.ReadAsync(options, client);
        return rules.Select(rule => new NumberRegulation(rule.FriendlyName ?? "", rule.EndUserType?.ToString() ?? "", RequiresDocuments(rule.Requirements))).ToList();
    });

    public Task<ProviderResult<List<AddressRecord>>> ListAddressesAsync(ProviderAccount account) => CallAsync(account, async client =>
    {
        var addresses = await AddressResource.ReadAsync(new ReadAddressOptions { PageSize = PageSize }, client);
        return addresses.Select(one => new AddressRecord(one.Sid, one.FriendlyName ?? "", one.IsoCountry ?? "")).ToList();
    });

    public Task<ProviderResult<List<BundleRecord>>> ListBundlesAsync(ProviderAccount account, string country, string type) => CallAsync(account, async client =>
    {
        var options = new ReadBundleOptions { IsoCountry = country, NumberType = NumberType(type), PageSize = PageSize };
        var bundles = await BundleResource.ReadAsync(options, client);
        return bundles
            .Where(one => one.Status == BundleResource.StatusEnum.TwilioApproved || one.Status == BundleResource.StatusEnum.ProvisionallyApproved)
            .Select(one => new BundleRecord(one.Sid, one.FriendlyName ?? ""))
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
            .Select(one => Available(one.PhoneNumber, one.FriendlyName, one.Locality, one.Region, one.Capabilities, one.AddressRequirements));
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
            .Select(one => Available(one.PhoneNumber, one.FriendlyName, one.Locality, one.Region, one.Capabilities, one.AddressRequirements));
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
            .Select(one => Available(one.PhoneNumber, one.FriendlyName, one.Locality, one.Region, one.Capabilities, one.AddressRequirements));
    }

    private static ResourceSet<T> OnePage<T>(ResourceSet<T> found)
        where T : Resource
    {
        found.AutoPaging = false;
        return found;
    }

    private static int? AreaCode(NumberSearch search) => search.AreaCode is { } code ? int.Parse(code, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    private static bool? SmsEnabled(NumberSearch search) => search.SmsOnly ? true : null;

    private static AvailableNumber Available(
        PhoneNumber number, PhoneNumber friendlyName, string? locality, string? region, PhoneNumberCapabilities? capabilities, string? addressRequirement) =>
        new(number.ToString(), friendlyName?.ToString() ?? "", locality, region, Capabilities(capabilities), addressRequirement ?? "none");

    private static NumberCapabilities Capabilities(PhoneNumberCapabilities? given) => new(given?.Sms == true, given?.Mms == true, given?.Voice == true);

    private static string NumberType(string type) => type.Replace('_', '-');

    // an object of lists whose type depends on the package; its text is JSON either way
    private static bool RequiresDocuments(object? requirements)
    {
        if (requirements?.ToString() is not { Length: > 0 } text)
        {
            return false;
        }

        using var document = JsonDocument.Parse(text);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.EnumerateObject().Any(list => list.Value.ValueKind == JsonValueKind.Array && list.Value.GetArrayLength() > 0);
    }
}
