using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Relais.DevHost;
using Relais.DevHost.Services;
using Relais.Kit;
using Relais.Kit.Leaks;

namespace EndToEnd.Tests;

public sealed class HealthTests(PostgresFixture postgres, AzuriteFixture azurite)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private static readonly string[] Secrets = ["Password", "Host=", "AccountKey", "Exception", "127.0.0.1"];

    [Fact]
    public async Task Review_B19_A_running_app_is_alive_and_ready()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, azurite);
        using var anonymous = system.CreateClient(null);

        Assert.Equal("""{"status":"alive"}""", await anonymous.GetStringAsync(new Uri("/api/health/live", UriKind.Relative)));
        Assert.Equal(
            """{"status":"ready","dependencies":[{"name":"database","state":"ok"},{"name":"storage","state":"ok"}]}""",
            await anonymous.GetStringAsync(new Uri("/api/health/ready", UriKind.Relative)));
    }

    [Theory]
    [InlineData(true, "timeout")]
    [InlineData(false, "unavailable")]
    public async Task Review_B19_An_app_without_database_and_storage_is_alive_and_names_both(bool accepts, string state)
    {
        // The database accepts connections and never answers, or it is unreachable.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        if (!accepts)
        {
            silent.Stop();
        }

        await using var detector = new LeakDetector();
        await using var storage = await StorageProxy.StartAsync(detector, azurite.CreateAccount());
        await using var app = await StartAsync(storage.ConnectionString, port, "/api/health/live");
        using var http = new HttpClient { BaseAddress = app.Url };
        // A host does not start without its storage account, so the outage begins after the start.
        storage.Outage = accepts ? Outage.Silent : Outage.Gone;
        var clock = Stopwatch.StartNew();

        using var ready = await http.GetAsync(new Uri("/api/health/ready", UriKind.Relative));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var body = await ready.Content.ReadAsStringAsync();
        Assert.Equal(
            $$"""{"status":"not_ready","dependencies":[{"name":"database","state":"{{state}}"},{"name":"storage","state":"{{state}}"}]}""",
            body);
        Assert.DoesNotContain(Secrets, secret => body.Contains(secret, StringComparison.OrdinalIgnoreCase));
        storage.Outage = null;
    }

    [Theory]
    [InlineData("/api/health/none")]
    [InlineData("/api/v1/contacts")]
    public async Task Review_B19_A_start_requires_status_200_from_the_health_path(string path)
    {
        var failure = await Assert.ThrowsAsync<DevServiceException>(
            () => StartAsync(azurite.CreateAccount(), 1, path, TimeSpan.FromSeconds(8)));

        Assert.Contains($"did not answer 200 at", failure.Message, StringComparison.Ordinal);
    }

    private static Task<FunctionsApp> StartAsync(string storage, int port, string healthPath, TimeSpan? limit = null)
    {
        var database = $"Host=127.0.0.1;Port={port};Database=x;Username=x;Password=x";
        var nowhere = new Uri("http://127.0.0.1:1");
        return FunctionsApp.StartAsync(new FunctionsAppOptions
        {
            Settings = AppSettings.Create(new AppConnections(database, database, storage), new DevState(), nowhere, nowhere),
            HealthPath = healthPath,
            StartLimit = limit ?? TimeSpan.FromSeconds(60),
        });
    }
}
