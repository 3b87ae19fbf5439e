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
        await using var fixture = await SimulatorFixture.StartAsync();
        var query = new ReadLocalOptions("CA") { AreaCode = 418, SmsEnabled = true, PageSize = 5 };
        var found = (await LocalResource.ReadAsync(query, fixture.Client)).ToList();
        Assert.Equal(5, found.Count);
        Assert.Equal(5, found.Select(number => number.PhoneNumber.ToString()).Distinct().Count());
        Assert.All(found, number => Assert.Matches(@"^\+1418[2-9][0-9]{6}$", number.PhoneNumber.ToString()));
        Assert.All(found, number => Assert.Equal(
            ("Québec", "QC", "CA", "none"),
            (number.Locality, number.Region, number.IsoCountry, number.AddressRequirements)));
        Assert.All(found, number => Assert.Equal(
            (true, true, false),
            (number.Capabilities.Sms, number.Capabilities.Voice, number.Capabilities.Mms)));
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
        await using var fixture = await SimulatorFixture.StartAsync();
        async Task<List<string>> FindAsync(string? text)
        {
            var query = new ReadLocalOptions("CA") { AreaCode = 514, Contains = text, PageSize = 1000 };
            return [.. (await LocalResource.ReadAsync(query, fixture.Client)).Select(number => number.PhoneNumber.ToString())];
        }

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
        await using var fixture = await SimulatorFixture.StartAsync();
        var request = new global::Twilio.Http.Request(global::Twilio.Http.HttpMethod.Get, global::Twilio.Rest.Domain.Api,
            $"/2010-04-01/Accounts/{SimulatedAccount.Demo.Sid}/AvailablePhoneNumbers/CA/Local.json", queryParams: [new(name, value)]);
        Assert.Equal(code, (await Assert.ThrowsAsync<ApiException>(() => fixture.Client.RequestAsync(request))).Code);
    }

    [Fact]
    public async Task Countries_differ_in_types_capabilities_and_addresses()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        Assert.All(
            await LocalResource.ReadAsync(new ReadLocalOptions("FR"), fixture.Client),
            number => Assert.Equal("local", number.AddressRequirements));
        Assert.All(
            await MobileResource.ReadAsync(new ReadMobileOptions("GB"), fixture.Client),
            number => Assert.Equal("any", number.AddressRequirements));
        Assert.All(
            await TollFreeResource.ReadAsync(new ReadTollFreeOptions("US"), fixture.Client),
            number => Assert.True(number.Capabilities.Mms));
        Assert.Empty(await LocalResource.ReadAsync(new ReadLocalOptions("FR") { ExcludeAllAddressRequired = true }, fixture.Client));
        Assert.Empty(await LocalResource.ReadAsync(new ReadLocalOptions("CA") { MmsEnabled = true }, fixture.Client));
        var tollFree = (await TollFreeResource.ReadAsync(new ReadTollFreeOptions("CA"), fixture.Client)).First();
        Assert.Null(tollFree.Locality);

        var country = await AvailablePhoneNumberCountryResource.FetchAsync(
            new FetchAvailablePhoneNumberCountryOptions("CA"), fixture.Client);
        Assert.Equal(["local", "toll_free"], country.SubresourceUris.Keys.Order());
        var countries = await AvailablePhoneNumberCountryResource.ReadAsync(
            new ReadAvailablePhoneNumberCountryOptions { PageSize = 2 }, fixture.Client);
        Assert.Equal(["BE", "CA", "FR", "GB", "US"], countries.Select(listed => listed.CountryCode));
    }

    [Fact]
    public async Task An_unsold_type_gets_404()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        Task[] requests =
        [
            LocalResource.ReadAsync(new ReadLocalOptions("GN"), fixture.Client),
            MobileResource.ReadAsync(new ReadMobileOptions("CA"), fixture.Client),
            TollFreeResource.ReadAsync(new ReadTollFreeOptions("FR"), fixture.Client),
            AvailablePhoneNumberCountryResource.FetchAsync(new FetchAvailablePhoneNumberCountryOptions("GN"), fixture.Client),
        ];
        foreach (var request in requests)
        {
            var missing = await Assert.ThrowsAsync<ApiException>(() => request);
            Assert.Equal((20404, 404), (missing.Code, missing.Status));
        }
    }
}
