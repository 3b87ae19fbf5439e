using System.Text.RegularExpressions;
using Relais.Simulators;
using Twilio.Exceptions;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Rest.Api.V2010.Account.AvailablePhoneNumberCountry;

namespace Simulators.Tests;

public sealed class NumberSearchTests
{
    [Fact]
    public async Task Numbers_of_an_area_code_are_found_with_what_they_can_and_ask_for()
    {
        await using var world = await SimulatorFixture.StartAsync();
        var found = (await LocalResource.ReadAsync(new ReadLocalOptions("CA") { AreaCode = 418, SmsEnabled = true, PageSize = 5 }, world.Client)).ToList();
        Assert.Equal(5, found.Count);
        Assert.Equal(5, found.Select(number => number.PhoneNumber.ToString()).Distinct().Count());
        Assert.All(found, number => Assert.Matches(@"^\+1418[2-9][0-9]{6}$", number.PhoneNumber.ToString()));
        Assert.All(found, number => Assert.Equal(("Québec", "QC", "CA", "none"), (number.Locality, number.Region, number.IsoCountry, number.AddressRequirements)));
        Assert.All(found, number => Assert.Equal((true, true, false), (number.Capabilities.Sms, number.Capabilities.Voice, number.Capabilities.Mms)));
        Assert.Matches(@"^\(418\) [0-9]{3}-[0-9]{4}$", found[0].FriendlyName.ToString());

        await using var other = await SimulatorFixture.StartAsync();
        var again = await LocalResource.ReadAsync(new ReadLocalOptions("CA") { AreaCode = 418, PageSize = 5 }, other.Client);
        Assert.Equal(found.Select(number => number.PhoneNumber.ToString()), again.Select(number => number.PhoneNumber.ToString()));
    }

    [Theory]
    [InlineData("514*****00", "514[0-9]{5}00", 1)]
    [InlineData("+1514", @"^\+1514", 40)]
    [InlineData("07$", "07$", 1)]
    [InlineData("5%39", "5.*39", 1)]
    [InlineData("JO", "56", 0)]
    [InlineData("TAXI", "8294", 0)]
    public async Task A_pattern_picks_numbers(string contains, string pattern, int atLeast)
    {
        await using var world = await SimulatorFixture.StartAsync();
        async Task<List<string>> FindAsync(string? text) => [.. (await LocalResource.ReadAsync(
            new ReadLocalOptions("CA") { AreaCode = 514, Contains = text, PageSize = 1000 }, world.Client)).Select(number => number.PhoneNumber.ToString())];

        var found = await FindAsync(contains);
        Assert.Equal((await FindAsync(null)).Where(number => Regex.IsMatch(number, pattern)), found);
        Assert.True(found.Count >= atLeast, $"{found.Count} found");
    }

    [Theory]
    [InlineData("Contains", "1", 20422)]
    [InlineData("Contains", "12345678901234567", 20422)]
    [InlineData("AreaCode", "abc", 21451)]
    public async Task A_bad_filter_is_refused(string name, string value, int code)
    {
        await using var world = await SimulatorFixture.StartAsync();
        var request = new global::Twilio.Http.Request(global::Twilio.Http.HttpMethod.Get, global::Twilio.Rest.Domain.Api,
            $"/2010-04-01/Accounts/{SimulatedAccount.Demo.Sid}/AvailablePhoneNumbers/CA/Local.json", queryParams: [new(name, value)]);
        Assert.Equal(code, (await Assert.ThrowsAsync<ApiException>(() => world.Client.RequestAsync(request))).Code);
    }

    [Fact]
    public async Task Countries_differ_in_types_capabilities_and_addresses()
    {
        await using var world = await SimulatorFixture.StartAsync();
        Assert.All(await LocalResource.ReadAsync(new ReadLocalOptions("FR"), world.Client), number => Assert.Equal("local", number.AddressRequirements));
        Assert.All(await MobileResource.ReadAsync(new ReadMobileOptions("GB"), world.Client), number => Assert.Equal("any", number.AddressRequirements));
        Assert.All(await TollFreeResource.ReadAsync(new ReadTollFreeOptions("US"), world.Client), number => Assert.True(number.Capabilities.Mms));
        Assert.Empty(await LocalResource.ReadAsync(new ReadLocalOptions("FR") { ExcludeAllAddressRequired = true }, world.Client));
        Assert.Empty(await LocalResource.ReadAsync(new ReadLocalOptions("CA") { MmsEnabled = true }, world.Client));
        var tollFree = (await TollFreeResource.ReadAsync(new ReadTollFreeOptions("CA"), world.Client)).First();
        Assert.Null(tollFree.Locality);

        var country = await AvailablePhoneNumberCountryResource.FetchAsync(new FetchAvailablePhoneNumberCountryOptions("CA"), world.Client);
        Assert.Equal(["local", "toll_free"], country.SubresourceUris.Keys.Order());
        var all = await AvailablePhoneNumberCountryResource.ReadAsync(new ReadAvailablePhoneNumberCountryOptions { PageSize = 2 }, world.Client);
        Assert.Equal(["BE", "CA", "FR", "GB", "US"], all.Select(one => one.CountryCode));
    }

    [Fact]
    public async Task An_unsold_type_gets_404()
    {
        await using var world = await SimulatorFixture.StartAsync();
        Task[] asks =
        [
            LocalResource.ReadAsync(new ReadLocalOptions("GN"), world.Client),
            MobileResource.ReadAsync(new ReadMobileOptions("CA"), world.Client),
            TollFreeResource.ReadAsync(new ReadTollFreeOptions("FR"), world.Client),
            AvailablePhoneNumberCountryResource.FetchAsync(new FetchAvailablePhoneNumberCountryOptions("GN"), world.Client),
        ];
        foreach (var ask in asks)
        {
            var missing = await Assert.ThrowsAsync<ApiException>(() => ask);
            Assert.Equal((20404, 404), (missing.Code, missing.Status));
        }
    }
}
