using Relais.Channels;
using Relais.Channels.Twilio;
using Relais.Simulators;

namespace Functions.Tests.Numbers;

/// <summary>Tests the Twilio number client over HTTP against the simulator.</summary>
public sealed class TwilioNumbersTests : IAsyncLifetime, IDisposable
{
    private static readonly ProviderCredentials Account = new(SimulatedAccount.Demo.Sid, SimulatedAccount.Demo.AuthToken);
    private static readonly NumberWebhooks Webhooks = new(
        new Uri("https://relais.example/api/webhook-router"),
        new Uri("https://relais.example/api/webhook-router-backup"),
        new Uri("https://relais.example/api/webhook-router"));
    private TwilioSimulator? simulator;
    private TwilioClients? clients;

    private TwilioSimulator Simulator => simulator!;

    private TwilioNumbers Numbers => new(clients!);

    public async Task InitializeAsync()
    {
        simulator = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            Addresses = [new("AD1", Account.Sid) { FriendlyName = "Clinique" }],
            Bundles = [new("BU1", Account.Sid) { FriendlyName = "Dossier" }, new("BU2", Account.Sid) { Status = "draft" }],
        });
        clients = new TwilioClients(new TwilioOptions { BaseUrl = simulator.BaseUrl, CallTimeout = TimeSpan.FromSeconds(1) });
    }

    public async Task DisposeAsync() => await Simulator.DisposeAsync();

    public void Dispose() => clients?.Dispose();

    [Fact]
    public async Task An_account_and_its_balance_are_read()
    {
        Simulator.Change(Account.Sid, account => account with { FriendlyName = "Clinique", Type = "Trial", Balance = 12.5m });

        Assert.Equal(
            new AccountInfo("Clinique", "active", true, false) { Sid = Account.Sid },
            (await Numbers.FetchAccountAsync(Account)).Value);
        Assert.Equal(new Money(12.5m, "USD"), (await Numbers.FetchBalanceAsync(Account)).Value);
        Simulator.Change(
            Account.Sid, account => account with { Status = "suspended", OwnerAccountSid = "AC00000000000000000000000000000009" });
        Assert.Equal(
            new AccountInfo("Clinique", "suspended", true, true) { Sid = Account.Sid },
            (await Numbers.FetchAccountAsync(Account)).Value);
        Assert.Equal(
            new ProviderFailure(ProviderFailureKind.Refused, "20003", 401),
            (await Numbers.FetchAccountAsync(Account with { Token = "wrong" })).Failure);
    }

    [Theory]
    [InlineData("CA", "local", "418", null)]
    [InlineData("CA", "toll_free", null, null)]
    [InlineData("FR", "mobile", null, "+336")]
    public async Task Numbers_for_sale_are_found(string country, string type, string? areaCode, string? contains)
    {
        var found = (await Numbers.SearchAsync(Account, new NumberSearch(country, type, areaCode, contains))).Value;

        Assert.Equal(areaCode is not null || country == "FR" ? 30 : found.Count, found.Count);
        Assert.InRange(found.Count, 1, 30);
        Assert.All(found, number => Assert.StartsWith(areaCode is null ? contains ?? "+1" : $"+1{areaCode}", number.Number));
        Assert.All(found, number => Assert.True(number.Capabilities is { Sms: true, Voice: true }));
        Assert.All(found, number => Assert.Equal(country == "FR" ? "any" : "none", number.AddressRequirement));
    }

    [Fact]
    public async Task A_number_is_found_by_all_of_its_digits()
    {
        var number = await ForSaleAsync();

        Assert.Equal(
            number,
            Assert.Single((await Numbers.SearchAsync(Account, new NumberSearch("CA", "local", Contains: number[1..]))).Value).Number);
        Assert.True((await Numbers.SearchAsync(Account, new NumberSearch("CA", "mobile"))).Failure!.IsNotFound);
    }

    [Fact]
    public async Task Purchase_requirements_are_read()
    {
        var rules = (await Numbers.ListRegulationsAsync(Account, "FR", "local")).Value;

        Assert.Equal(["business", "individual"], rules.Select(rule => rule.EndUserType).Order(StringComparer.Ordinal));
        Assert.All(rules, rule => Assert.True(rule.RequiresDocuments));
        Assert.Empty((await Numbers.ListRegulationsAsync(Account, "CA", "toll_free")).Value);
        Assert.Equal([new AddressRecord("AD1", "Clinique", "CA")], (await Numbers.ListAddressesAsync(Account)).Value);
        Assert.Equal([new BundleRecord("BU1", "Dossier")], (await Numbers.ListBundlesAsync(Account, "FR", "local")).Value);
    }

    [Fact]
    public async Task A_number_is_bought_read_connected_and_released()
    {
        var number = await ForSaleAsync();

        var bought = (await Numbers.BuyAsync(Account, new NumberToBuy(number, null, null, Webhooks), () => true)).Value;
        Assert.Equal((number, Webhooks.SmsUrl.ToString(), "POST", Webhooks.SmsFallbackUrl.ToString(), "POST", null),
            (bought.Number, bought.SmsUrl, bought.SmsMethod, bought.SmsFallbackUrl, bought.SmsFallbackMethod, bought.SmsApplicationSid));
        Assert.Equal((Webhooks.StatusCallback.ToString(), "POST"), (bought.StatusCallback, bought.StatusCallbackMethod));
        Assert.Equal(DateTimeOffset.UtcNow, bought.CreatedAt!.Value, TimeSpan.FromSeconds(5));
        Assert.Equal(("local", true), (bought.Type, bought.Capabilities.Sms));
        Assert.Equal(bought, (await Numbers.FetchAsync(Account, bought.Sid)).Value);
        Assert.Equal(bought, Assert.Single((await Numbers.ListAsync(Account, number)).Value));

        Simulator.ChangeInConsole(
            number,
            owned => owned with
            {
                SmsApplicationSid = "AP00000000000000000000000000000001",
                SmsUrl = "https://elsewhere.example",
                SmsMethod = "GET",
                StatusCallback = "",
            });
        Assert.Equal(
            ("AP00000000000000000000000000000001", "GET"),
            (
                (await Numbers.FetchAsync(Account, bought.Sid)).Value.SmsApplicationSid,
                (await Numbers.FetchAsync(Account, bought.Sid)).Value.SmsMethod));
        Assert.Equal((null, Webhooks.SmsUrl.ToString(), "POST"), await ConnectAsync(bought.Sid));
        Assert.Equal(Webhooks.StatusCallback.ToString(), (await Numbers.FetchAsync(Account, bought.Sid)).Value.StatusCallback);

        Assert.True((await Numbers.ReleaseAsync(Account, bought.Sid)).Value);
        Assert.False((await Numbers.ReleaseAsync(Account, bought.Sid)).Value);
        Assert.True((await Numbers.FetchAsync(Account, bought.Sid)).Failure!.IsNotFound);
    }

    [Fact]
    public async Task A_list_reads_all_pages_or_fails()
    {
        for (var n = 0; n < 1100; n++)
        {
            Simulator.BuyInConsole(new SimulatedNumber($"+1418555{n:d4}", Account.Sid));
        }

        Assert.Equal(1100, (await Numbers.ListAsync(Account)).Value.Count);
        Assert.Equal(2, Simulator.Calls["numbers.list"]);
        Simulator.FailNext("numbers.list", RestFault.ServerError, times: 2);
        Assert.Equal("20500", (await Numbers.ListAsync(Account)).Failure!.Code);
    }

    [Theory]
    [InlineData("cut before", nameof(ProviderFailureKind.Unknown), "no_answer", 0)]
    [InlineData("cut after", nameof(ProviderFailureKind.Unknown), "no_answer", 0)]
    [InlineData("hang before", nameof(ProviderFailureKind.Unknown), "no_answer", 0)]
    [InlineData("500", nameof(ProviderFailureKind.Unknown), "20500", 500)]
    [InlineData("503", nameof(ProviderFailureKind.Unknown), "http_503", 503)]
    [InlineData("429", nameof(ProviderFailureKind.Refused), "20429", 429)]
    [InlineData("400", nameof(ProviderFailureKind.Refused), "21422", 400)]
    public async Task Purchase_outcomes_are_distinguished(string fault, string kind, string code, int status)
    {
        var number = await ForSaleAsync();
        Simulator.FailNext("numbers.create", fault switch
        {
            "cut before" => RestFault.CutBefore,
            "cut after" => RestFault.CutAfter,
            "hang before" => RestFault.HangBefore,
            "500" => RestFault.ServerError,
            "503" => RestFault.Unavailable,
            "429" => RestFault.TooManyRequests,
            _ => RestFault.Error(21422),
        });

        var bought = await Numbers.BuyAsync(Account, new NumberToBuy(number, null, null, Webhooks), () => true);

        Assert.Equal(new ProviderFailure(Enum.Parse<ProviderFailureKind>(kind), code, status), bought.Failure);
        Assert.Equal(fault == "cut after" ? 1 : 0, Simulator.NumberReport().Bought);
    }

    [Fact]
    public async Task An_unsent_request_is_reported_as_not_sent()
    {
        var number = await ForSaleAsync();

        var late = await Numbers.BuyAsync(Account, new NumberToBuy(number, null, null, Webhooks), () => false);
        using var unreachableClients = new TwilioClients(
            new TwilioOptions { BaseUrl = new Uri("http://127.0.0.1:1"), CallTimeout = TimeSpan.FromSeconds(1) });
        var unreachable = await new TwilioNumbers(unreachableClients).BuyAsync(
            Account, new NumberToBuy(number, null, null, Webhooks), () => true);

        Assert.Equal(new ProviderFailure(ProviderFailureKind.NotSent, "unreachable"), late.Failure);
        Assert.Equal(new ProviderFailure(ProviderFailureKind.NotSent, "unreachable"), unreachable.Failure);
        Assert.Equal(0, Simulator.NumberReport().Bought);
    }

    private async Task<string> ForSaleAsync() =>
        (await Numbers.SearchAsync(Account, new NumberSearch("CA", "local", "418"))).Value[0].Number;

    private async Task<(string? Application, string? Url, string? Method)> ConnectAsync(string sid)
    {
        var owned = (await Numbers.ConnectAsync(Account, sid, Webhooks)).Value;
        return (owned.SmsApplicationSid, owned.SmsUrl, owned.SmsMethod);
    }
}
