using Functions.Tests.Privacy;
using Relais.Kit;
using Relais.Webhooks;

namespace Functions.Tests.Usage;

public sealed class InboundSegmentsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("3", 3)]
    [InlineData("0", 1)]
    [InlineData("", 1)]
    [InlineData("-2", 1)]
    [InlineData("99999999999", 1)]
    [InlineData("4000", 100)]
    public async Task An_inbound_message_keeps_its_segments(string segments, int stored)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);

        await world.Get<ProcessWebhookEvent>().RunAsync(await world.ReceiveAsync("Bonjour", segments: segments), default);

        Assert.Equal(
            stored,
            await world.OneAsync<int>("select units from messages where tenant_id = @Tenant and direction = 'in'", new { world.Tenant }));
    }
}
