using System.Net;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests.Numbers;

/// <summary>The inventory equals the account, no matter which side changed a number.</summary>
[Collection(TelephonyCollection.Name)]
public sealed class InventoryTests(TelephonySystem telephony)
{
    [Fact]
    public async Task A_number_bought_in_the_console_is_imported_connected_repaired_and_released()
    {
        using var tenant = await TestTenant.OpenAsync(telephony.System);
        tenant.Simulator.BuyInConsole(new SimulatedNumber(tenant.Number, tenant.AccountSid) { SmsUrl = "https://elsewhere.example/sms" });

        Assert.Equal("1 0 0 0", await SyncAsync(tenant));
        Assert.Equal(
            "number_not_managed", (await tenant.SendAsync("POST", $"/api/v1/telephony/numbers/{await IdAsync(tenant)}/repair")).Code);
        var connected = await tenant.SendAsync("POST", "/api/configure-twilio-webhook", new { phone_number = tenant.Number });
        Assert.Equal(
            (HttpStatusCode.OK, new Uri(telephony.System.PublicUrl, "/api/webhook-router").ToString()),
            (connected.Status, connected.Body.GetProperty("sms_url").GetString()));
        await tenant.AssertWorksAsync();

        tenant.Simulator.ChangeInConsole(
            tenant.Number, number => number with { SmsFallbackUrl = "", SmsApplicationSid = "AP00000000000000000000000000000001" });
        Assert.Equal("0 0 1 1", await SyncAsync(tenant));
        await tenant.AssertWorksAsync();

        tenant.Simulator.ChangeInConsole(tenant.Number, number => number with { SmsMethod = "GET" });
        Assert.Equal(
            HttpStatusCode.OK, (await tenant.SendAsync("POST", $"/api/v1/telephony/numbers/{await IdAsync(tenant)}/repair")).Status);
        await tenant.AssertWorksAsync();

        tenant.Simulator.ReleaseInConsole(tenant.Number);
        Assert.Equal("0 1 0 0", await SyncAsync(tenant));
        Assert.Equal(0, (await tenant.SendAsync("GET", "/api/v1/telephony/numbers")).Body.GetProperty("numbers").GetArrayLength());
        Assert.Equal(
            "released",
            (await tenant.SendAsync("GET", "/api/v1/telephony/numbers?released=true")).Body.GetProperty("numbers")[0].GetProperty("state")
                .GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await tenant.SendAsync("DELETE", "/api/v1/telephony/credentials")).Status);
    }

    [Fact]
    public async Task A_number_is_released_only_when_no_campaign_uses_it()
    {
        using var tenant = await TestTenant.OpenAsync(telephony.System);
        await tenant.BuyAsync();
        var id = await IdAsync(tenant);
        await telephony.System.Database.ExecuteAsync("""
            insert into campaigns (id, tenant_id, sender_id, name, audience, message1, status)
            select @Id, tenant_id, sender_id, 'Rappels', '{}', '{}', 'paused' from phone_numbers where tenant_id = @TenantId
            """, new { Id = Guid.CreateVersion7(), tenant.TenantId });

        var used = await tenant.SendAsync("POST", $"/api/v1/telephony/numbers/{id}/release", new { phone_number = tenant.Number });
        await telephony.System.Database.ExecuteAsync(
            "update campaigns set status = 'cancelled' where tenant_id = @TenantId", new { tenant.TenantId });
        var wrong = await tenant.SendAsync("POST", $"/api/v1/telephony/numbers/{id}/release", new { phone_number = "+14185550100" });
        var released = await tenant.SendAsync("POST", $"/api/v1/telephony/numbers/{id}/release", new { phone_number = tenant.Number });

        Assert.Equal(
            ("number_in_use", "invalid_body", "released"), (used.Code, wrong.Code, released.Body.GetProperty("state").GetString()));
        Assert.Empty(tenant.Simulator.Numbers(tenant.AccountSid));
        Assert.Equal(
            1,
            await telephony.System.Database.OneAsync<int>(
                "select count(*)::int from senders where tenant_id = @TenantId and retired_at is not null", new { tenant.TenantId }));
    }

    [Fact]
    public async Task A_killed_synchronisation_is_completed_by_the_next_one()
    {
        using var found = await TestTenant.OpenAsync(telephony.System);
        using var drifted = await TestTenant.OpenAsync(telephony.System);
        found.Simulator.BuyInConsole(new SimulatedNumber(found.Number, found.AccountSid));
        await drifted.BuyAsync();
        drifted.Simulator.ChangeInConsole(drifted.Number, number => number with { SmsUrl = "https://elsewhere.example/sms" });
        var (lists, updates) = (Calls("numbers.list"), Calls("numbers.update"));
        found.Simulator.FailNext("numbers.list", RestFault.HangBefore, accountSid: found.AccountSid);
        drifted.Simulator.FailNext("numbers.update", RestFault.HangAfter, accountSid: drifted.AccountSid);

        var syncs = new[] { found, drifted }.Select(
            tenant => TestTenant.TryAsync(() => tenant.SendAsync("POST", "/api/v1/telephony/sync"))).ToList();
        await Wait.UntilAsync(() => Calls("numbers.list") >= lists + 2 && Calls("numbers.update") > updates);
        await telephony.System.App.KillAsync();
        Assert.All(await Task.WhenAll(syncs), Assert.Null);
        await telephony.System.App.StartAgainAsync();

        Assert.Equal("1 0 0 0", await SyncAsync(found));
        Assert.Equal("0 0 0 0", await SyncAsync(drifted));
        await drifted.AssertWorksAsync(sends: true);
    }

    private int Calls(string operation) => telephony.System.Simulator.Calls.GetValueOrDefault(operation);

    private static async Task<string> SyncAsync(TestTenant tenant)
    {
        var reply = await tenant.SendAsync("POST", "/api/v1/telephony/sync");
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal(["added", "ended", "drifted", "repaired"], reply.Body.EnumerateObject().Select(property => property.Name));
        return string.Join(' ', reply.Body.EnumerateObject().Select(property => property.Value.GetInt32()));
    }

    private static async Task<string> IdAsync(TestTenant tenant) =>
        (await tenant.SendAsync("GET", "/api/v1/telephony/numbers")).Body.GetProperty("numbers")[0].GetProperty("id").GetString()!;
}
