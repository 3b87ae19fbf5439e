using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Relais.DevHost.Issuer;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests;

/// <summary>
/// A clinic signs up, buys a number and exchanges messages through the API alone, while a second clinic sees none of its data.
/// </summary>
public sealed class ClinicScenarioTests(PostgresFixture postgres, AzuriteFixture storage)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private const string Account = "AC000000000000000000000000000000fa";
    private const string Token = "fa7a0fa7a0fa7a0fa7a0fa7a0fa7a0f0";
    private const string Patient = "+14185550142";

    [Fact]
    public async Task A_clinic_signs_up_buys_a_number_and_talks_to_its_patients()
    {
        await using var issuer = await DevIssuer.StartAsync(new DevIssuerOptions());
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Verbose = true,
            Simulator = new() { Delivery = RelaisSystemOptions.Swift },
            Settings = new Dictionary<string, string?> { ["Access__Issuer"] = issuer.Address, ["Access__Audience"] = issuer.Audience },
        });
        system.Simulator.Add(new SimulatedAccount(Account, Token) { Balance = 20 });
        var (fatou, awa) = (system.CreateClient(issuer.AccessTokenFor(DemoUser.Fatou)),
            system.CreateClient(issuer.AccessTokenFor(DemoUser.Awa)));

        await SignUpAsync(fatou, "Clinique du Fleuve");
        await SignUpAsync(awa, "Clinique de la Gare");
        await ConnectAsync(fatou);
        var number = await BuyAsync(fatou, system.Simulator);
        var sender = await SenderOfAsync(fatou, number);
        await TalkAsync(fatou, system, number, sender);

        Assert.Equal(HttpStatusCode.OK, (await fatou.GetAsync(new Uri("/api/v1/campaigns", UriKind.Relative))).StatusCode);
        foreach (var path in new[] { "telephony", "telephony/numbers", "telephony/orders", "contacts", "campaigns", "audit" })
        {
            var response = await awa.GetStringAsync(new Uri($"/api/v1/{path}", UriKind.Relative));
            Assert.DoesNotContain(number, response, StringComparison.Ordinal);
            Assert.DoesNotContain(Account, response, StringComparison.Ordinal);
            Assert.DoesNotContain(sender.ToString(), response, StringComparison.Ordinal);
        }

        var audit = await fatou.GetStringAsync(new Uri("/api/v1/audit?limit=100", UriKind.Relative));
        Assert.All(
            ["tenant.create", "account.connect", "number.purchase", "campaign.start"],
            action => Assert.Contains(action, audit, StringComparison.Ordinal));
        Assert.DoesNotContain(Token, audit, StringComparison.Ordinal);
    }

    private static async Task SignUpAsync(HttpClient person, string name)
    {
        Assert.Empty(
            (await ReadAsync(await person.GetAsync(new Uri("/api/v1/me", UriKind.Relative)))).GetProperty("memberships").EnumerateArray());
        using var created = await person.PostAsJsonAsync("/api/v1/tenants", new { name, country = "CA", timeZone = "America/Toronto" });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var membership = Assert.Single(
            (await ReadAsync(await person.GetAsync(new Uri("/api/v1/me", UriKind.Relative)))).GetProperty("memberships").EnumerateArray());
        Assert.Equal("owner", membership.GetProperty("role").GetString());
    }

    private static async Task ConnectAsync(HttpClient fatou)
    {
        using var wrong = await fatou.PutAsJsonAsync(
            "/api/v1/telephony/credentials", new { accountSid = Account, authToken = Token.Replace('f', 'e') });
        Assert.Equal(
            "credentials_rejected",
            JsonSerializer.Deserialize<JsonElement>(await wrong.Content.ReadAsStringAsync()).GetProperty("code").GetString());
        using var right = await fatou.PutAsJsonAsync("/api/v1/telephony/credentials", new { accountSid = Account, authToken = Token });
        Assert.DoesNotContain(Token, (await ReadAsync(right)).GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<string> BuyAsync(HttpClient fatou, TwilioSimulator twilio)
    {
        var search = await ReadAsync(await fatou.PostAsJsonAsync("/api/search-twilio-numbers", new { areaCode = "418", country = "CA" }));
        var found = search.GetProperty("numbers").EnumerateArray().ToList();
        Assert.Equal((true, found.Count), (search.GetProperty("success").GetBoolean(), search.GetProperty("count").GetInt32()));
        var number = found[0].GetProperty("phoneNumber").GetString()!;
        Assert.StartsWith("+1418", number, StringComparison.Ordinal);
        Assert.True(found[0].GetProperty("capabilities").GetProperty("SMS").GetBoolean());

        var purchase = new { phone_number = number, request_token = "first-number" };
        var bought = await ReadAsync(await fatou.PostAsJsonAsync("/api/purchase-twilio-number", purchase));
        var again = await ReadAsync(await fatou.PostAsJsonAsync("/api/purchase-twilio-number", purchase));

        Assert.Equal(["success", "phone_number", "sid", "friendly_name"], bought.EnumerateObject().Select(property => property.Name));
        Assert.Equal(bought.GetRawText(), again.GetRawText());
        Assert.Equal([number], twilio.NumberReport().OwnedBy(Account));
        Assert.Empty(twilio.NumberReport().BoughtAgain);
        return number;
    }

    private static async Task<Guid> SenderOfAsync(HttpClient fatou, string number)
    {
        var numbers = await ReadAsync(await fatou.GetAsync(new Uri("/api/v1/telephony/numbers", UriKind.Relative)));
        var own = numbers.GetProperty("numbers").EnumerateArray().Single(item => item.GetProperty("phoneNumber").GetString() == number);
        Assert.False(own.GetProperty("webhook").GetProperty("drifted").GetBoolean());
        return own.GetProperty("senderId").GetGuid();
    }

    private static async Task TalkAsync(HttpClient fatou, RelaisSystem system, string number, Guid sender)
    {
        var received = await system.Simulator.ReceiveAsync(new InboundMessage(Patient, number, "Bonjour, puis-je venir demain ?"));
        Assert.Equal(200, received.WebhookStatus);
        await Wait.UntilAsync(async () =>
            (await fatou.GetStringAsync(new Uri("/api/v1/contacts", UriKind.Relative))).Contains(Patient, StringComparison.Ordinal));

        var id = await CampaignSteps.StartCampaignAsync(
            fatou, sender, [Patient], message1: CampaignSteps.Text("Bonjour {{first_name}}, à demain 9 h."));
        await Wait.UntilAsync(() =>
            system.Simulator.Messages(Patient)
                .Any(message => message.Body == "Bonjour Contact0, à demain 9 h." && message.Status == "delivered"));
        await Wait.UntilAsync(async () => (await CampaignSteps.CampaignAsync(fatou, id)).Progress.Count("delivered") == 1);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
    }
}
