using Relais.Kit;

namespace FunctionsHost.Tests;

/// <summary>At SIGTERM, activities that are cancelled go to the next host, and requests keep their Durable clients.</summary>
public sealed class DurableDrainTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task An_activity_in_hand_is_finished()
    {
        await using var app = await RecordingApp.StartAsync(storage.CreateAccount(), longTimerIsPastDue: false);
        (await app.Host.Http.PostAsync(new Uri("start/one?seconds=4", UriKind.Relative), null)).EnsureSuccessStatusCode();
        await Wait.UntilAsync(() => app.Count("activity began") == 1);

        Assert.Equal(ExitCodes.Stopped, await app.Host.Process.StopAsync());

        Assert.Equal(1, app.Count("activity ended"));
    }

    [Fact]
    public async Task An_activity_that_the_drain_cancels_is_carried_out_by_the_next_host()
    {
        await using var app = await RecordingApp.StartAsync(
            storage.CreateAccount(), longTimerIsPastDue: false, ("DOTNET_shutdownTimeoutSeconds", "8"));
        (await app.Host.Http.PostAsync(new Uri("start/one?seconds=60", UriKind.Relative), null)).EnsureSuccessStatusCode();
        await Wait.UntilAsync(() => app.Count("activity began") == 1);

        Assert.Equal(ExitCodes.Stopped, await app.Host.Process.StopAsync());
        Assert.Equal(0, app.Count("activity ended"));
        await app.Host.Process.StartAgainAsync();

        await Wait.UntilAsync(async () => await app.Host.Http.GetStringAsync("status/one") is "Completed" or "Failed");
        Assert.Equal("Completed", await app.Host.Http.GetStringAsync("status/one"));
        Assert.Equal(2, app.Count("activity began"));
    }

    [Fact]
    public async Task A_request_uses_its_Durable_client_until_it_ends()
    {
        await using var app = await RecordingApp.StartAsync(storage.CreateAccount(), longTimerIsPastDue: false);
        var request = app.Host.Http.GetAsync("slowstatus/nobody");
        await Wait.UntilAsync(() => app.Count("request began") == 1);

        var stopping = app.Host.Process.StopAsync();

        (await request).EnsureSuccessStatusCode();
        Assert.Equal(ExitCodes.Stopped, await stopping);
    }
}
