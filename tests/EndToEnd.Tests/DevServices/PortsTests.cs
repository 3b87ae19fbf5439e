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
    public async Task Review_B20_A_port_taken_just_before_binding_is_replaced()
    {
        using var otherProgram = new TcpListener(IPAddress.Loopback, 0);
        var triedPorts = new List<int>();

        await using var proxy = await Ports.ListenAsync(0, port =>
        {
            triedPorts.Add(port);
            if (triedPorts.Count == 1)
            {
                // Another program takes the port just before the server binds it.
                otherProgram.Server.Bind(new IPEndPoint(IPAddress.Loopback, port));
                otherProgram.Server.Listen();
            }

            return StartProxyAsync(port);
        });

        Assert.Equal(2, triedPorts.Count);
        Assert.Equal(triedPorts[1], proxy.Url.Port);
    }

    [Fact]
    public async Task Review_B20_Listening_fails_after_five_taken_ports()
    {
        using var otherProgram = new TcpListener(IPAddress.Loopback, 0);
        otherProgram.Start();
        var attempts = 0;

        await Assert.ThrowsAsync<IOException>(() => Ports.ListenAsync(0, _ =>
        {
            attempts++;
            return StartProxyAsync(((IPEndPoint)otherProgram.LocalEndpoint).Port);
        }));

        Assert.Equal(5, attempts);
    }

    [Fact]
    public async Task Review_B20_A_used_port_is_replaced()
    {
        using var otherProgram = new TcpListener(IPAddress.Loopback, 0);
        otherProgram.Start();

        await using var proxy = await WebhookProxy.StartAsync(((IPEndPoint)otherProgram.LocalEndpoint).Port);
        await using var issuer = await DevIssuer.StartAsync(new DevIssuerOptions { Port = ((IPEndPoint)otherProgram.LocalEndpoint).Port });

        Assert.NotEqual(((IPEndPoint)otherProgram.LocalEndpoint).Port, proxy.Url.Port);
        Assert.NotEqual(((IPEndPoint)otherProgram.LocalEndpoint).Port, new Uri(issuer.Address).Port);
    }

    [Fact]
    public async Task Review_B20_A_bind_failure_is_reported_and_a_restart_finds_a_port()
    {
        using var otherProgram = new TcpListener(IPAddress.Loopback, 0);
        otherProgram.Start();
        var port = ((IPEndPoint)otherProgram.LocalEndpoint).Port;
        var options = new FunctionsAppOptions { Port = port, HealthPath = "/api/health/live", Settings = Settings() };

        await Assert.ThrowsAsync<PortTakenException>(() => FunctionsApp.StartOnAsync(options, port));
        await using var app = await FunctionsApp.StartAsync(options);
        var first = app.Url;
        await app.KillAsync();
        await app.StartAgainAsync();

        Assert.NotEqual(port, first.Port);
        Assert.Equal(first, app.Url);
    }

    private static Task<WebhookProxy> StartProxyAsync(int port) => WebhookProxy.StartOnAsync(port, CancellationToken.None);

    private Dictionary<string, string?> Settings()
    {
        const string Database = "Host=127.0.0.1;Port=1;Username=x;Password=x";
        var nowhere = new Uri("http://127.0.0.1:1");
        return AppSettings.Create(new AppConnections(Database, Database, storage.ConnectionString), new DevState(), nowhere, nowhere);
    }
}
