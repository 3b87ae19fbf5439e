using System.Net;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests.Numbers;

/// <summary>Inventory and account tell the same story, whoever changed what.</summary>
[Collection(TelephonyCollection.Name)]
public sealed class InventoryTests(TelephonySystem telephony)
{
    [Fact]
    public async Task A_number_bought_in_the_console_appears_is_connected_drifts_is_repaired_and_ends()
    {
        using var line = await TestTenant.OpenAsync(telephony.System);
        line.Simulator.BuyInConsole(new SimulatedNumber(line.Number, line.AccountSid) { SmsUrl = "https://elsewhere.example/sms" });

        Assert.Equal("1 0 0 0", await SyncAsync(line));
        Assert.Equal("number_not_managed", (await line.SendAsync("POST", $"/api/v1/telephony/numbers/{await IdAsync(line)}/repair")).Code);
        var connected = await line.SendAsync("POST", "/api/configure-twilio-webhook", new { phone_number = line.Number });
        Assert.Equal((HttpStatusCode.OK, new Uri(telephony.System.PublicUrl, "/api/webhook-router").ToString()), (connected.Status, connected.Body.GetProperty("sms_url").GetString()));
        await line.AssertWorksAsync();

        line.Simulator.ChangeInConsole(line.Number, number => number with { SmsFallbackUrl = "", SmsApplicationSid = "AP00000000000000000000000000000001" });
        Assert.Equal("0 0 1 1", await SyncAsync(line));
        await line.AssertWorksAsync();

        line.Simulator.ChangeInConsole(line.Number, number => number with { SmsMethod = "GET" });
        Assert.Equal(HttpStatusCode.OK, (await line.SendAsync("POST", $"/api/v1/telephony/numbers/{await IdAsync(line)}/repair")).Status);
        await line.AssertWorksAsync();

        line.Simulator.ReleaseInConsole(line.Number);
        Assert.Equal("0 1 0 0", await SyncAsync(line));
        Assert.Equal(0, (await line.SendAsync("GET", "/api/v1/telephony/numbers")).Body.GetProperty("numbers").GetArrayLength());
        Assert.Equal("released", (await line.SendAsync("GET", "/api/v1/telephony/numbers?released=true")).Body.GetProperty("numbers")[0].GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await line.SendAsync("DELETE", "/api/v1/telephony/credentials")).Status);
    }

    [Fact]
    public async Task A_number_in_use_is_not_released_and_a_released_one_is_gone()
    {
        using var line = await TestTenant.OpenAsync(telephony.System);
        await line.BuyAsync();
        var id = await IdAsync(line);
        await telephony.System.Database.ExecuteAsync("""
            insert into campaigns (id, tenant_id, sender_id, name, audience, message1, status)
            select @Id, tenant_id, sender_id, 'Rappels', '{}', '{}', 'paused' from phone_numbers where tenant_id = @TenantId
            """, new { Id = Guid.CreateVersion7(), line.TenantId });

        var used = await line.SendAsync("POST", $"/api/v1/telephony/numbers/{id}/release", new { phone_number = line.Number });
        await telephony.System.Database.ExecuteAsync("update campaigns set status = 'cancelled' where tenant_id = @TenantId", new { line.TenantId });
        var wrong = await line.SendAsync("POST", $"/api/v1/telephony/numbers/{id}/release", new { phone_number = "+14185550100" });
        var released = await line.SendAsync("POST", $"/api/v1/telephony/numbers/{id}/release", new { phone_number = line.Number });

        Assert.Equal(("number_in_use", "invalid_body", "released"), (used.Code, wrong.Code, released.Body.GetProperty("state").GetString()));
        Assert.Empty(line.Simulator.Numbers(line.AccountSid));
        Assert.Equal(1, await telephony.System.Database.OneAsync<int>("select count(*)::int from senders where tenant_id = @TenantId and retired_at is not null", new { line.TenantId }));
    }

    [Fact]
    public async Task A_kill_in_the_middle_of_a_synchronisation_costs_nothing_but_time()
    {
        using var found = await TestTenant.OpenAsync(telephony.System);
        using var drifted = await TestTenant.OpenAsync(telephony.System);
        found.Simulator.BuyInConsole(new SimulatedNumber(found.Number, found.AccountSid));
        await drifted.BuyAsync();
        drifted.Simulator.ChangeInConsole(drifted.Number, number => number with { SmsUrl = "https://elsewhere.example/sms" });
        var (lists, updates) = (Calls("numbers.list"), Calls("numbers.update"));
        found.Simulator.FailNext("numbers.list", RestFault.HangBefore, accountSid: found.AccountSid);
        drifted.Simulator.FailNext("numbers.update", RestFault.HangAfter, accountSid: drifted.AccountSid);

        var syncs = new[] { found, drifted }.Select(line => TestTenant.TryAsync(() => line.SendAsync("POST", "/api/v1/telephony/sync"))).ToList();
        await Wait.UntilAsync(() => Calls("numbers.list") >= lists + 2 && Calls("numbers.update") > updates);
        await telephony.System.App.KillAsync();
        Assert.All(await Task.WhenAll(syncs), Assert.Null);
        await telephony.System.App.StartAgainAsync();

        Assert.Equal("1 0 0 0", await SyncAsync(found));
        Assert.Equal("0 0 0 0", await SyncAsync(drifted));
        await drifted.AssertWorksAsync(sends: true);
    }

    private int Calls(string operation) => telephony.System.Simulator.Calls.GetValueOrDefault(operation);

    private static async Task<string> SyncAsync(TestTenant line)
    {
        var reply = await line.SendAsync("POST", "/api/v1/telephony/sync");
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal(["added", "ended", "drifted", "repaired"], reply.Body.EnumerateObject().Select(property => property.Name));
        return string.Join(' ', reply.Body.EnumerateObject().Select(property => property.Value.GetInt32()));
    }

    private static async Task<string> IdAsync(TestTenant line) =>
        (await line.SendAsync("GET", "/api/v1/telephony/numbers")).Body.GetProperty("numbers")[0].GetProperty("id").GetString()!;
}
