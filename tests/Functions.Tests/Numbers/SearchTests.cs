using System.Text;
using System.Text.Json;
using Relais.Channels;
using Relais.Kit;
using Relais.Numbers.Offers;
using Relais.Platform.Http;

namespace Functions.Tests.Numbers;

public sealed class SearchTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task The_answer_has_exactly_the_properties_that_existing_pages_use()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.Stock["+14185551234"] = new AvailableNumber(
            "+14185551234", "(418) 555-1234", "Québec", "QC", new NumberCapabilities(true, true, true), "none");
        var request = JsonBody.Parse<SearchRequest>(Encoding.UTF8.GetBytes(
            $$"""
            {
              "account_sid": "{{world.AccountSid}}", "auth_token": "{{NumbersFixture.Token}}",
              "areaCode": "418", "contains": "1234", "country": "CA"
            }
            """)).Value;

        var answer = (await world.Search.RunAsync(world.TenantId, request, default)).Value;

        const string expected = """
            {"success":true,"numbers":[{"phoneNumber":"+14185551234","friendlyName":"(418) 555-1234","locality":"Québec","region":"QC",
            "capabilities":{"SMS":true,"MMS":true,"voice":true},"monthlyPrice":1.15}],"count":1}
            """;
        Assert.Equal(expected.ReplaceLineEndings(""), Json.Write(answer));
    }

    [Fact]
    public async Task The_price_is_the_latest_of_the_country_or_the_default()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres, country: "GN");
        world.Provider.ForSale("+14185551234");
        await world.ExecuteAsync("""
            insert into prices (item, country, valid_from, amount) values
              ('number-toll-free', 'US', '2024-01-01', 2), ('number-toll-free', 'US', '2025-01-01', 2.15),
              ('number-toll-free', 'US', '2030-01-01', 9), ('number-toll-free', '*', '2025-06-01', 5)
            on conflict do nothing
            """);

        var unitedStates = (await world.Search.RunAsync(
            world.TenantId, new SearchRequest { Country = "US", Type = "toll_free" }, default)).Value;
        var france = (await world.Search.RunAsync(
            world.TenantId, new SearchRequest { Country = "FR", Type = "toll_free" }, default)).Value;
        var unpriced = (await world.Search.RunAsync(world.TenantId, new SearchRequest { Country = "FR", Type = "mobile" }, default)).Value;

        Assert.Equal((2.15m, 5m), (unitedStates.Numbers[0].MonthlyPrice, france.Numbers[0].MonthlyPrice));
        Assert.False(JsonDocument.Parse(Json.Write(unpriced.Numbers[0])).RootElement.TryGetProperty("monthlyPrice", out _));
    }

    [Theory]
    [InlineData("20404", 404, "type_not_sold")]
    [InlineData("21452", 400, "area_code_empty")]
    [InlineData("21451", 400, "area_code_invalid")]
    [InlineData("20003", 401, "credentials_rejected")]
    [InlineData("20429", 429, "provider_busy")]
    public async Task Provider_codes_map_to_our_codes(string providerCode, int status, string code)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.FailNext("search", FakeNumberProvider.Refusal(providerCode, status));

        Assert.Equal(code, (await world.Search.RunAsync(world.TenantId, new SearchRequest(), default)).Failure!.Code);
    }

    [Fact]
    public async Task A_search_without_credentials_fails_and_body_credentials_are_not_saved()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres, connected: false);

        Assert.Equal("no_account", (await world.Search.RunAsync(world.TenantId, new SearchRequest(), default)).Failure!.Code);
        Assert.True(
            (await world.Search.RunAsync(
                world.TenantId,
                new SearchRequest { AccountSid = world.AccountSid, AuthToken = NumbersFixture.Token },
                default)).Value.Success);
        Assert.Null(await world.Accounts.FindAsync(world.TenantId, default));
    }

    [Fact]
    public void Empty_form_fields_are_treated_as_missing()
    {
        var request = JsonBody.Parse<SearchRequest>(
            """{ "account_sid": "", "auth_token": "", "areaCode": "", "contains": "", "country": "", "type": "" }"""u8.ToArray()).Value;

        Assert.Null(request.Validate("GN"));
        Assert.Equal(new SearchRequest(), request);
    }

    [Theory]
    [InlineData("""{ "areaCode": "41" }""", "CA", "areaCode")]
    [InlineData("""{ "areaCode": "118" }""", "CA", "areaCode")]
    [InlineData("""{ "areaCode": "418" }""", "GN", "areaCode")]
    [InlineData("""{ "areaCode": "418", "country": "FR" }""", "CA", "areaCode")]
    [InlineData("""{ "contains": "1" }""", "CA", "contains")]
    [InlineData("""{ "contains": "12345678901234567" }""", "CA", "contains")]
    [InlineData("""{ "contains": "12-34" }""", "CA", "contains")]
    [InlineData("""{ "contains": "12+3" }""", "CA", "contains")]
    [InlineData("""{ "contains": "1$23" }""", "CA", "contains")]
    [InlineData("""{ "contains": "+$" }""", "CA", "contains")]
    [InlineData("""{ "country": "canada" }""", "CA", "country")]
    [InlineData("""{ "type": "landline" }""", "CA", "type")]
    [InlineData("""{ "areaCode": 41 }""", "CA", "areaCode")]
    [InlineData("""{ "auth_token": "0123456789abcdef" }""", "CA", "account_sid")]
    [InlineData(
        """{ "account_sid": "x", "auth_token": "y", "areaCode": "x", "contains": "-", "country": "x", "type": "x" }""",
        "GN",
        "account_sid,areaCode,auth_token,contains,country,type")]
    public void An_invalid_request_reports_every_fault(string body, string country, string fields)
    {
        var request = JsonBody.Parse<SearchRequest>(Encoding.UTF8.GetBytes(body)).Value;

        Assert.Equal(fields.Split(','), request.Validate(country)!.Faults!.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{ "areaCode": 41.8 }""", "areaCode")]
    [InlineData("""{ "areaCode": [418] }""", "areaCode")]
    [InlineData("""{ "areacode": "418" }""", "areacode")]
    [InlineData("""{ "accountSid": "AC" }""", "accountSid")]
    public void An_invalid_body_is_refused(string body, string field) =>
        Assert.Equal([field], JsonBody.Parse<SearchRequest>(Encoding.UTF8.GetBytes(body)).Failure!.Faults!.Keys);

    [Theory]
    [InlineData("""{ }""", "CA")]
    [InlineData("""{ "areaCode": "418", "contains": "*1*4", "type": "local" }""", "US")]
    [InlineData("""{ "areaCode": "418", "country": "CA", "contains": "clinique" }""", "GN")]
    [InlineData("""{ "areaCode": null, "contains": null }""", "GN")]
    [InlineData("""{ "areaCode": 418, "country": "ca" }""", "GN")]
    [InlineData("""{ "contains": "+1418%99$" }""", "GN")]
    [InlineData("""{ "account_sid": "AC00000000000000000000000000000001" }""", "CA")]
    public void A_valid_body_is_accepted(string body, string country) =>
        Assert.Null(JsonBody.Parse<SearchRequest>(Encoding.UTF8.GetBytes(body)).Value.Validate(country));

    [Theory]
    [InlineData("local", "local")]
    [InlineData("Local", "local")]
    [InlineData("MOBILE", "mobile")]
    [InlineData("tollfree", "toll_free")]
    [InlineData("tollFree", "toll_free")]
    [InlineData("toll-free", "toll_free")]
    [InlineData("Toll_Free", "toll_free")]
    [InlineData("", null)]
    [InlineData("Landline", "Landline")]
    public void Each_spelling_of_a_type_is_accepted(string spelling, string? type)
    {
        Assert.Equal(type, new SearchRequest { Type = spelling }.Type);
        Assert.Equal(type, new RequirementsRequest { Type = spelling }.Type);
    }

    [Fact]
    public async Task Type_and_country_spellings_are_normalised()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale("+14185551234");
        var request = JsonBody.Parse<SearchRequest>("""{ "areaCode": 418, "country": "ca", "type": "tollFree" }"""u8.ToArray()).Value;

        Assert.Equal(1, (await world.Search.RunAsync(world.TenantId, request, default)).Value.Count);
        Assert.Equal(("418", "CA", "toll_free"), (request.AreaCode!.Digits, request.Country, request.Type));
    }

    [Fact]
    public async Task An_account_SID_without_token_must_match_the_stored_account()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var unconnected = await NumbersFixture.CreateAsync(postgres, connected: false);

        Assert.True(
            (await world.Search.RunAsync(
                world.TenantId, new SearchRequest { AccountSid = world.AccountSid, AuthToken = "" }, default)).Value.Success);
        Assert.Equal(
            "account_mismatch",
            (await world.Search.RunAsync(
                world.TenantId, new SearchRequest { AccountSid = unconnected.AccountSid }, default)).Failure!.Code);
        Assert.Equal(
            "no_account",
            (await unconnected.Search.RunAsync(
                unconnected.TenantId, new SearchRequest { AccountSid = unconnected.AccountSid }, default)).Failure!.Code);
    }

    [Theory]
    [InlineData("+18335550100", "US toll_free,CA toll_free")]
    [InlineData("+14185550100", "CA local")]
    [InlineData("+12125550100", "US local")]
    [InlineData("+33644600001", "FR local,FR mobile,FR toll_free")]
    [InlineData("+88216123456", "")]
    public void A_number_is_searched_in_its_possible_countries_and_types(string number, string places) =>
        Assert.Equal(
            places, string.Join(',', FindNumberForSale.ListCountriesAndTypes(number).Select(place => $"{place.Country} {place.Type}")));

    [Fact]
    public void A_bundle_is_required_only_if_each_regulation_requires_documents()
    {
        Assert.False(PurchaseRequirements.NeedsBundle([]));
        Assert.True(PurchaseRequirements.NeedsBundle([new("a", "business", true), new("b", "individual", true)]));
        Assert.False(PurchaseRequirements.NeedsBundle([new("a", "business", true), new("b", "individual", false)]));
    }

    [Theory]
    [InlineData("none", "AD1 AD2")]
    [InlineData("any", "AD1 AD2")]
    [InlineData("local", "AD1")]
    [InlineData("foreign", "AD2")]
    public void Only_addresses_that_meet_the_requirement_are_usable(string requirement, string usable) =>
        Assert.Equal(
            usable,
            string.Join(
                ' ',
                PurchaseRequirements.FilterUsable([new("AD1", "", "CA"), new("AD2", "", "FR")], requirement, "CA")
                    .Select(address => address.Sid)));

    [Fact]
    public async Task Purchase_requirements_can_be_read_in_advance()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1), "any");
        world.Provider.Addresses.Add(new AddressRecord("AD1", "Clinique", "CA"));
        world.Provider.Regulations.Add(new NumberRegulation("France: Mobile - Business", "business", true));
        world.Provider.Bundles.Add(new BundleRecord("BU1", "Dossier"));
        var get = new GetRequirements(world.Accounts, world.FindNumberForSale, world.GetPurchaseRequirements);

        var number = (await get.RunAsync(world.TenantId, new RequirementsRequest { Number = world.PhoneNumber(1) }, default)).Value;
        var kind = (await get.RunAsync(world.TenantId, new RequirementsRequest { Country = "FR", Type = "mobile" }, default)).Value;

        Assert.Equal(
            ("CA", "local", "any", true, true),
            (number.Country, number.Type, number.AddressRequirement, number.AddressRequired, number.BundleRequired));
        Assert.Equal(
            (new DocumentChoice("AD1", "Clinique"), new DocumentChoice("BU1", "Dossier")),
            (number.Addresses[0], number.Bundles[0]));
        Assert.Equal((null, false, "France: Mobile - Business"), (kind.AddressRequirement, kind.AddressRequired, kind.Regulations[0]));
        Assert.Equal(
            "number_not_available",
            (await get.RunAsync(world.TenantId, new RequirementsRequest { Number = world.PhoneNumber(2) }, default)).Failure!.Code);
        Assert.Equal(
            ["phone_number"],
            (await get.RunAsync(world.TenantId, new RequirementsRequest { Country = "FR" }, default)).Failure!.Faults!.Keys);
        Assert.Equal(
            ["phone_number"],
            (await get.RunAsync(
                world.TenantId,
                new RequirementsRequest { Country = "FR", Type = "mobile", Number = "+14185550100" },
                default)).Failure!.Faults!.Keys);
    }
}
