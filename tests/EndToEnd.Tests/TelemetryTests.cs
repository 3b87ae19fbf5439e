using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests;

public sealed class TelemetryTests(PostgresFixture postgres, AzuriteFixture storage)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Traces_and_metrics_reach_the_collector_without_phone_numbers()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var options = new RelaisSystemOptions
        {
            Verbose = true,
            Settings = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url.ToString() },
        };
        await using var system = await RelaisSystem.StartAsync(postgres, storage, options);
        await system.Simulator.ReceiveAsync(new InboundMessage(Ids.Phone(1), RelaisSystem.SenderAddress, "Où êtes-vous ?"));
        using (await system.Api.GetAsync(new Uri($"contacts?tag={Uri.EscapeDataString(Ids.Phone(1))}", UriKind.Relative)))
        {
        }

        await system.App.StopAsync();

        Assert.Contains("ListContacts", collector.Text, StringComparison.Ordinal);
        Assert.Contains("WebhookRouter", collector.Text, StringComparison.Ordinal);
        Assert.Contains("webhook_events", collector.Text, StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", collector.Text, StringComparison.Ordinal);
        Assert.All([Ids.Phone(1)[1..], RelaisSystem.SenderAddress[^9..], "Où êtes-vous", system.AuthToken, system.ApiKey], secret =>
            Assert.DoesNotContain(secret, collector.Text, StringComparison.Ordinal));
    }
}
