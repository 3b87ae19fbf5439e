using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LocalPackages.Tests.Worker;

/// <summary>A Functions app in this process, on a real port, with the functions of the given classes.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly IHost host;

    private TestApp(IHost host, Journal journal)
    {
        this.host = host;
        Journal = journal;
        Address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1000 }) { BaseAddress = new Uri(Address, "/api/") };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public Journal Journal { get; }

    public static async Task<TestApp> StartAsync(Type[] functions, Dictionary<string, string?>? settings = null, Action<FunctionsApplicationBuilder>? configure = null)
    {
        var builder = Builder(functions, settings);
        var journal = new Journal();
        builder.Services.AddSingleton(journal);
        configure?.Invoke(builder);
        var host = builder.Build();
        await host.StartAsync();
        return new TestApp(host, journal);
    }

    public static FunctionsApplicationBuilder Builder(Type[] functions, Dictionary<string, string?>? settings = null, int port = 0)
    {
        var options = new LocalAppOptions
        {
            Assembly = typeof(TestApp).Assembly,
            FunctionTypes = functions,
            DiscoverExtensions = false,
        };
        var builder = new FunctionsApplicationBuilder(["--port", $"{port}"], options);
        builder.ConfigureFunctionsWebApplication();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        return builder;
    }

    public Task StopAsync() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.StopAsync();
        host.Dispose();
    }
}
