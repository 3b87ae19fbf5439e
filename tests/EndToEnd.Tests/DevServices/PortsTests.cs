using System.Net;
using System.Net.Sockets;
using Relais.DevHost;
using Relais.DevHost.Issuer;
using Relais.DevHost.Services;
using Relais.Kit;

namespace EndToEnd.Tests.DevServices;

public sealed class PortsTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Review_B20_A_port_that_is_taken_between_the_look_and_the_binding_is_left_for_another()
    {
        using var thief = new TcpListener(IPAddress.Loopback, 0);
        var tried = new List<int>();

        await using var door = await Ports.ListenAsync(0, port =>
        {
            tried.Add(port);
            if (tried.Count == 1)
            {
                // just before the server binds it
                thief.Server.Bind(new IPEndPoint(IPAddress.Loopback, port));
                thief.Server.Listen();
            }

            return StartDoorAsync(port);
        });

        Assert.Equal(2, tried.Count);
        Assert.Equal(tried[1], door.Url.Port);
    }

    [Fact]
    public async Task Review_B20_A_port_that_is_always_taken_is_given_up()
    {
        using var thief = new TcpListener(IPAddress.Loopback, 0);
        thief.Start();
        var attempts = 0;

        await Assert.ThrowsAsync<IOException>(() => Ports.ListenAsync(0, _ =>
        {
            attempts++;
            return StartDoorAsync(((IPEndPoint)thief.LocalEndpoint).Port);
        }));

        Assert.Equal(5, attempts);
    }

    [Fact]
    public async Task Review_B20_A_used_port_is_replaced()
    {
        using var thief = new TcpListener(IPAddress.Loopback, 0);
        thief.Start();

        await using var door = await WebhookProxy.StartAsync(((IPEndPoint)thief.LocalEndpoint).Port);
        await using var issuer = await DevIssuer.StartAsync(new DevIssuerOptions { Port = ((IPEndPoint)thief.LocalEndpoint).Port });

        Assert.NotEqual(((IPEndPoint)thief.LocalEndpoint).Port, door.Url.Port);
        Assert.NotEqual(((IPEndPoint)thief.LocalEndpoint).Port, new Uri(issuer.Address).Port);
    }

    [Fact]
    public async Task Review_B20_A_bind_failure_is_reported_and_a_restart_finds_a_port()
    {
        using var thief = new TcpListener(IPAddress.Loopback, 0);
        thief.Start();
        var port = ((IPEndPoint)thief.LocalEndpoint).Port;
        var options = new FunctionsAppOptions { Port = port, HealthPath = "/api/health/live", Settings = Settings() };

        await Assert.ThrowsAsync<PortTakenException>(() => FunctionsApp.StartOnAsync(options, port));
        await using var app = await FunctionsApp.StartAsync(options);
        var first = app.Url;
        await app.KillAsync();
        await app.StartAgainAsync();

        Assert.NotEqual(port, first.Port);
        Assert.Equal(first, app.Url);
    }

    private static Task<WebhookProxy> StartDoorAsync(int port) => WebhookProxy.StartOnAsync(port, CancellationToken.None);

    private Dictionary<string, string?> Settings()
    {
        const string Database = "Host=127.0.0.1;Port=1;Username=x;Password=x";
        var nowhere = new Uri("http://127.0.0.1:1");
        return AppSettings.Create(new AppConnections(Database, Database, storage.ConnectionString), new DevState(), nowhere, nowhere);
    }
}
