using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Functions.Tests.Http;

namespace Functions.Tests.Usage;

/// <summary>Tests the API for usage, budget and WhatsApp senders against the running app, with the simulator as the provider.</summary>
[Collection(ApiCollection.Name)]
public sealed class UsageApiTests(ApiSystem api)
{
    [Fact]
    public async Task The_month_shows_budget_and_billing()
    {
        var (owner, viewer) = (api.TokenFor("owner"), api.TokenFor("viewer"));

        var set = await api.SendAsync("PUT", "/api/v1/telephony/budget", owner, JsonContent.Create(new { monthlyBudget = 75.5 }));
        var refreshed = await api.SendAsync("POST", "/api/v1/telephony/usage/refresh", owner);
        var usage = await ReadAsync(await api.SendAsync("GET", "/api/v1/telephony/usage", viewer));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (set.Status, refreshed.Status));
        Assert.Equal(75.5m, usage.GetProperty("budget").GetProperty("amount").GetDecimal());
        Assert.Equal("actual", usage.GetProperty("budget").GetProperty("source").GetString());
        Assert.Equal("USD", usage.GetProperty("actual").GetProperty("currency").GetString());
        Assert.True(usage.GetProperty("balance").GetProperty("amount").GetDecimal() > 0);
        Assert.True(usage.GetProperty("whatsApp").GetProperty("sent").GetInt64() >= 0);
        Assert.Equal(
            JsonValueKind.Array,
            (await ReadAsync(await api.SendAsync("GET", "/api/v1/telephony/alerts", viewer))).GetProperty("alerts").ValueKind);
    }

    [Theory]
    [InlineData("operator", "PUT", "budget")]
    [InlineData("viewer", "POST", "usage/refresh")]
    [InlineData("operator", "POST", "whatsapp-senders/01900000-0000-7000-8000-00000000dead/webhooks")]
    [InlineData("viewer", "POST", "whatsapp-senders/sync")]
    public async Task Budget_and_senders_need_the_right_role(string role, string method, string path)
    {
        var answer = await api.SendAsync(
            method, $"/api/v1/telephony/{path}", api.TokenFor(role), JsonContent.Create(new { monthlyBudget = 1 }));

        Assert.Equal((HttpStatusCode.Forbidden, "role_missing"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("GET", "usage?month=2099-01", null, "invalid_query")]
    [InlineData("PUT", "budget", """{"monthlyBudget":-1}""", "invalid_body")]
    [InlineData("PUT", "budget", """{"budget":1}""", "invalid_body")]
    [InlineData("PUT", "budget", "{}", "invalid_body")]
    [InlineData("PUT", "whatsapp-senders/x/profile", """{"about":"Bonjour"}""", "sender_not_found")]
    [InlineData("PUT", "whatsapp-senders/x/profile", "{}", "invalid_body")]
    [InlineData("POST", "whatsapp-senders/x/webhooks", null, "sender_not_found")]
    public async Task Invalid_input_returns_a_problem_with_a_code(string method, string path, string? body, string code)
    {
        var content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        Assert.Equal(code, (await api.SendAsync(method, $"/api/v1/telephony/{path}", api.TokenFor("owner"), content)).Code);
    }

    private static async Task<JsonElement> ReadAsync((HttpStatusCode Status, string? Code, HttpResponseMessage Response) answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return JsonDocument.Parse(await answer.Response.Content.ReadAsStringAsync()).RootElement;
    }
}
