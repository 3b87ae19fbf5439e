using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests.Numbers;

[Collection(TelephonyCollection.Name)]
public sealed class FallbackTests(TelephonySystem telephony)
{
    [Fact]
    public async Task A_message_arrives_by_the_fallback_URL_when_the_first_fails()
    {
        using var tenant = await TestTenant.OpenAsync(telephony.System);
        await tenant.BuyAsync();
        tenant.Simulator.ChangeInConsole(tenant.Number, number => number with { SmsUrl = "http://127.0.0.1:1/api/webhook-router" });

        var result = await tenant.Simulator.ReceiveAsync(new InboundMessage("+224621990000", tenant.Number, "Allô"));

        Assert.Equal((200, true), (result.WebhookStatus, result.UsedFallback));
        await Wait.UntilAsync(async () => await CountAsync(tenant) == 1);
        Assert.Equal(
            1,
            await telephony.System.Database.OneAsync<int>(
                "select count(*)::int from webhook_events where tenant_id = @TenantId", new { tenant.TenantId }));
    }

    private Task<int> CountAsync(TestTenant tenant) => telephony.System.Database.OneAsync<int>(
        "select count(*)::int from messages where tenant_id = @TenantId and direction = 'in' and body = 'Allô'", new { tenant.TenantId })!;
}
