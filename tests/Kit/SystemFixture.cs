using Xunit;

namespace Relais.Kit;

/// <summary>
/// One system for all tests of a class. The tests must not disturb each other:
/// <code>public sealed class WebhookTests(SystemFixture shared) : IClassFixture&lt;SystemFixture&gt;</code>
/// </summary>
public class SystemFixture : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly AzuriteFixture storage = new();

    public RelaisSystem System { get; private set; } = null!;

    protected virtual RelaisSystemOptions Options => new();

    public async Task InitializeAsync()
    {
        await Task.WhenAll(postgres.InitializeAsync(), storage.InitializeAsync());
        System = await RelaisSystem.StartAsync(postgres, storage, Options);
    }

    public async Task DisposeAsync()
    {
        await System.DisposeAsync();
        await postgres.DisposeAsync();
        await storage.DisposeAsync();
    }
}
