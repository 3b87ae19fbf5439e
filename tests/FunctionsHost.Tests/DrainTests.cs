using System.Net;
using Azure.Storage.Queues;
using Relais.Kit;

namespace FunctionsHost.Tests;

/// <summary>At SIGTERM, what runs is finished and nothing new is begun.</summary>
public sealed class DrainTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task A_request_and_a_message_in_hand_are_finished()
    {
        await using var host = await TestApp.StartAsync(storage.ConnectionString);
        await TestApp.SendAsync(storage.ConnectionString, "cf-parallel", "drain|0");
        var request = host.Http.GetAsync("slow/3000?key=drain");
        await Wait.UntilAsync(async () =>
            (await host.RecordedAsync("par:drain")).Count == 1 && (await host.RecordedAsync("slow:drain")).Count == 1);

        var stopping = host.Process.StopAsync();

        using var response = await request;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("done", await response.Content.ReadAsStringAsync());
        Assert.Equal(ExitCodes.Stopped, await stopping);
        var queue = new QueueClient(storage.ConnectionString, "cf-parallel");
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
        Assert.False(await host.Process.AnswersAsync());
    }

    [Fact]
    public async Task A_function_still_running_near_the_drain_limit_is_cancelled_and_answered()
    {
        await using var host = await TestApp.StartAsync(storage.CreateAccount(), ("DOTNET_shutdownTimeoutSeconds", "12"));
        var request = host.Http.GetAsync("slow/60000?key=asked");
        await Wait.UntilAsync(async () => (await host.RecordedAsync("slow:asked")).Count == 1);

        var stopping = host.Process.StopAsync();

        using var response = await request;
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(ExitCodes.Stopped, await stopping);
    }

    [Fact]
    public async Task What_takes_longer_than_the_limit_is_given_up()
    {
        await using var host = await TestApp.StartAsync(storage.CreateAccount(), ("DOTNET_shutdownTimeoutSeconds", "2"));
        var request = host.Http.GetAsync("slow/60000?key=long");
        await Wait.UntilAsync(async () => (await host.RecordedAsync("slow:long")).Count == 1);

        Assert.Equal(ExitCodes.Stopped, await host.Process.StopAsync().WaitAsync(TimeSpan.FromSeconds(25)));
        await Assert.ThrowsAnyAsync<Exception>(async () => (await request).EnsureSuccessStatusCode());
    }
}
