using System.Globalization;
using Twilio.Rest.Api.V2010;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Rest.Api.V2010.Account.Usage;
using Twilio.Rest.Api.V2010.Account.Usage.Record;

namespace LocalPackages.Tests.Twilio;

public sealed class AccountResourceTests
{
    private const string Path = "/2010-04-01/Accounts/AC1";

    private const string Address = """
        {"account_sid":"AC1","sid":"AD1","customer_name":"Clinique","street":"1 rue A","street_secondary":null,"city":"Montréal","region":"QC","postal_code":"H2X",
         "iso_country":"CA","validated":true,"verified":false,"emergency_enabled":false,"friendly_name":"Siège","date_created":"Tue, 18 Aug 2015 17:07:30 +0000"}
        """;

    private const string Record = """
        {"category":"sms-outbound","description":"Outbound SMS","account_sid":"AC1","start_date":"2026-09-01","end_date":"2026-09-30","as_of":"2026-09-10T10:00:00+00:00",
         "count":"12","count_unit":"messages","usage":"15","usage_unit":"segments","price":"0.1245","price_unit":"usd","api_version":"2010-04-01","uri":"/u","subresource_uris":{"daily":"/d"}}
        """;

    [Fact]
    public async Task An_account_tells_its_status_type_and_owner()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, """
            {"sid":"AC2","owner_account_sid":"AC1","status":"suspended","type":"Trial","friendly_name":"Clinique","auth_token":"t","date_created":"Thu, 30 Jul 2015 20:00:00 +0000","subresource_uris":{"calls":"/c"}}
            """));
        var account = await AccountResource.FetchAsync(new FetchAccountOptions { PathSid = "AC2" }, server.Client());
        Assert.Equal("/2010-04-01/Accounts/AC2.json", server.Seen[0].Target);
        Assert.Equal(("AC2", "AC1", "Clinique"), (account.Sid, account.OwnerAccountSid, account.FriendlyName));
        Assert.Equal((AccountResource.StatusEnum.Suspended, AccountResource.TypeEnum.Trial), (account.Status, account.Type));

        await AccountResource.FetchAsync(new FetchAccountOptions(), server.Client());
        Assert.Equal(Path + ".json", server.Seen[1].Target);
    }

    [Fact]
    public async Task A_balance_keeps_its_text()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, """{"account_sid":"AC1","balance":"12.3400","currency":"USD"}"""));
        var balance = await BalanceResource.FetchAsync(new FetchBalanceOptions(), server.Client());
        Assert.Equal((Path + "/Balance.json", "12.3400", "USD"), (server.Seen[0].Target, balance.Balance, balance.Currency));
    }

    [Fact]
    public async Task Addresses_are_listed_by_country_and_fetched()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, $$"""{"addresses":[{{Address}}],"page":0,"page_size":50,"next_page_uri":null,"uri":"/x"}"""));
        var listed = (await AddressResource.ReadAsync(new ReadAddressOptions { IsoCountry = "CA", EmergencyEnabled = false, PageSize = 50 }, server.Client())).Single();
        Assert.Equal(Path + "/Addresses.json?EmergencyEnabled=false&IsoCountry=CA&PageSize=50", server.Seen[0].Target);
        Assert.Equal(("AD1", "Clinique", "Montréal", "CA", true, false), (listed.Sid, listed.CustomerName, listed.City, listed.IsoCountry, listed.Validated, listed.Verified));

        server.Answer = WireServer.Json(200, Address);
        Assert.Equal("Siège", (await AddressResource.FetchAsync(new FetchAddressOptions("AD1"), server.Client())).FriendlyName);
        Assert.Equal(Path + "/Addresses/AD1.json", server.Seen[1].Target);
    }

    [Fact]
    public async Task A_country_tells_which_types_it_has()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, """
            {"country_code":"CA","country":"Canada","uri":"/2010-04-01/Accounts/AC1/AvailablePhoneNumbers/CA.json","beta":false,"subresource_uris":{"local":"/l","toll_free":"/t"}}
            """));
        var country = await AvailablePhoneNumberCountryResource.FetchAsync(new FetchAvailablePhoneNumberCountryOptions("CA"), server.Client());
        Assert.Equal(Path + "/AvailablePhoneNumbers/CA.json", server.Seen[0].Target);
        Assert.Equal(("CA", "Canada", "/l"), (country.CountryCode, country.Country, country.SubresourceUris["local"]));

        server.Answer = WireServer.Json(200, """{"countries":[{"country_code":"US"}],"uri":"/x"}""");
        Assert.Equal("US", (await AvailablePhoneNumberCountryResource.ReadAsync(new ReadAvailablePhoneNumberCountryOptions(), server.Client())).Single().CountryCode);
    }

    [Fact]
    public async Task Usage_is_read_by_category_and_dates()
    {
        await using var server = await WireServer.StartAsync(WireServer.Json(200, $$"""{"usage_records":[{{Record}}],"page":0,"page_size":50,"next_page_uri":null,"uri":"/x"}"""));
        var client = server.Client();
        var from = new DateTime(2026, 9, 1, 0, 0, 0, DateTimeKind.Utc);
        var record = (await RecordResource.ReadAsync(new ReadRecordOptions { Category = "sms-outbound", StartDate = from, EndDate = from.AddDays(29), IncludeSubaccounts = false }, client)).Single();
        Assert.Equal(Path + "/Usage/Records.json?Category=sms-outbound&StartDate=2026-09-01&EndDate=2026-09-30&IncludeSubaccounts=false", server.Seen[0].Target);
        Assert.Equal(("sms-outbound", "12", "messages", "15", "segments"), (record.Category, record.Count, record.CountUnit, record.Usage, record.UsageUnit));
        Assert.Equal((0.1245m, "usd", "2026-09-01", "2026-09-10T10:00:00+00:00"),
            (record.Price, record.PriceUnit, record.StartDate!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), record.AsOf));

        Assert.Equal(0.1245m, (await ThisMonthResource.ReadAsync(new ReadThisMonthOptions(), client)).Single().Price);
        Assert.Equal("15", (await LastMonthResource.ReadAsync(new ReadLastMonthOptions(), client)).Single().Usage);
        Assert.Equal("12", (await MonthlyResource.ReadAsync(new ReadMonthlyOptions { Category = "totalprice", PageSize = 12 }, client)).Single().Count);
        Assert.Equal(["/Usage/Records/ThisMonth.json", "/Usage/Records/LastMonth.json", "/Usage/Records/Monthly.json?Category=totalprice&PageSize=12"], server.Seen.Skip(1).Select(seen => seen.Target[Path.Length..]));
        Assert.All(server.Products, product => Assert.Equal("api", product));
    }
}
