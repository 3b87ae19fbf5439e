using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Relais.Simulators;

namespace Simulators.Tests;

public sealed class ControlApiTests
{
    [Fact]
    public async Task Everything_can_be_done_over_http()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = fixture.Simulator.BaseUrl };
        await OkAsync(http.PostAsJsonAsync("/_sim/accounts", new { sid = "AC00000000000000000000000000000003", authToken = "t" }));
        await OkAsync(http.PostAsJsonAsync(
            "/_sim/senders", new { address = "+15145550103", accountSid = "AC00000000000000000000000000000003", ratePerSecond = 5 }));
        await OkAsync(http.PutAsJsonAsync("/_sim/faults", new { dropCallback = 1 }));
        await OkAsync(http.PutAsJsonAsync(
            "/_sim/delivery", new { sentMs = 10, outcomeShares = new Dictionary<string, double> { ["undelivered-30003"] = 1 } }));
        await OkAsync(http.PutAsJsonAsync("/_sim/replies", new { share = 0 }));
        await OkAsync(http.PostAsJsonAsync("/_sim/recipients", new { address = "+224620000002", outcome = "failed-30008" }));
        await OkAsync(http.PostAsJsonAsync("/_sim/members", new { contact = "whatsapp:+224620000001" }));
        await fixture.SendAsync("+224620000001", messageId: "one");
        await fixture.SendAsync("+224620000002", messageId: "two");
        await OkAsync(http.PostAsJsonAsync("/_sim/clock", new { seconds = 60 }));
        await fixture.IdleAsync();
        var inbound = await OkAsync(http.PostAsJsonAsync(
            "/_sim/inbound", new { from = "+224620000001", to = SimulatorFixture.Sms, body = "Oui" }));
        Assert.Equal(204, inbound.GetProperty("webhookStatus").GetInt32());

        var report = await http.GetFromJsonAsync<JsonElement>("/_sim/report?sender=1/60&recipient=5/60");
        Assert.Equal(2, report.GetProperty("accepted").GetInt32());
        Assert.Equal(1, report.GetProperty("byErrorCode").GetProperty("30003").GetInt32());
        Assert.Equal(1, report.GetProperty("byErrorCode").GetProperty("30008").GetInt32());
        Assert.Equal(1, report.GetProperty("windowsBroken").GetInt32());
        Assert.Equal("sender", report.GetProperty("pace")[0].GetProperty("limit").GetProperty("scope").GetString());
        Assert.Single(fixture.Webhook.All);
        var messages = await http.GetFromJsonAsync<SimulatedMessage[]>("/_sim/messages?contact=%2B224620000001");
        Assert.Equal([("one", "outbound-api"), (null, "inbound")], messages!.Select(message => (message.MessageId, message.Direction)));

        await OkAsync(http.PostAsync(new Uri("/_sim/reset", UriKind.Relative), null));
        var overview = await http.GetFromJsonAsync<JsonElement>("/_sim/overview");
        Assert.Equal(0, overview.GetProperty("conversations").GetArrayLength());
        Assert.Equal(0, overview.GetProperty("faults").GetProperty("dropCallback").GetDouble());
        Assert.Contains(
            overview.GetProperty("senders").EnumerateArray(),
            sender => sender.GetProperty("address").GetString() == "+15145550103");
    }

    [Theory]
    [InlineData("/_sim/faults", """{"dropCallbacks":1}""")]
    [InlineData("/_sim/delivery", """{"outcomeShares":{"nonsense":1}}""")]
    [InlineData("/_sim/recipients", """{"address":"+1","outcome":"nonsense"}""")]
    [InlineData("/_sim/inbound", """{"from":"+224620000001","to":"+1999","body":"x"}""")]
    [InlineData("/_sim/senders", """{"address":"+1","accountSid":"AC9"}""")]
    [InlineData("/_sim/clock", "not json")]
    public async Task Unknown_control_values_are_refused(string path, string json)
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = fixture.Simulator.BaseUrl };
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var answer = await (path is "/_sim/faults" or "/_sim/delivery"
            ? http.PutAsync(new Uri(path, UriKind.Relative), content)
            : http.PostAsync(new Uri(path, UriKind.Relative), content));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("error", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_and_its_parts_are_served()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = fixture.Simulator.BaseUrl };
        var page = await http.GetStringAsync(new Uri("/", UriKind.Relative));
        Assert.Contains("lang=\"fr\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.NotEmpty(await http.GetStringAsync(new Uri("/page.js", UriKind.Relative)));
        Assert.NotEmpty(await http.GetStringAsync(new Uri("/page.css", UriKind.Relative)));
    }

    private static async Task<JsonElement> OkAsync(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
