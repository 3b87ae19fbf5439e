using System.Diagnostics;
using Relais.Kit;
using Xunit.Abstractions;

namespace FunctionsHost.Tests;

/// <summary>Two hosts on one storage account: each occurrence of a timer runs on one of them.</summary>
public sealed class TimerTests(AzuriteFixture storage, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    private const string EachSecond = "timer:each";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_second_host_takes_the_timers_over_when_the_first_one_ends(bool killed)
    {
        var account = storage.CreateAccount();
        await using var first = await TestApp.StartAsync(account);
        await Wait.UntilAsync(async () => (await first.RecordedAsync(EachSecond)).Count > 1);
        await using var second = await TestApp.StartAsync(account);
        await Task.Delay(Recovery.TimerLeasePoll + TimeSpan.FromSeconds(2));
        Assert.Empty(await second.RecordedAsync(EachSecond));
        Assert.Empty(await second.RecordedAsync("timer:startup"));

        var ended = Stopwatch.StartNew();
        if (killed)
        {
            await first.Process.KillHostAsync();
        }
        else
        {
            Assert.Equal(ExitCodes.Stopped, await first.Process.StopAsync());
        }

        await Wait.UntilAsync(async () => (await second.RecordedAsync(EachSecond)).Count > 1, TimeSpan.FromSeconds(60));
        output.WriteLine($"taken over after {ended.Elapsed}");
    }

    [Fact]
    public async Task A_host_that_was_paused_gives_the_timers_up()
    {
        var account = storage.CreateAccount();
        await using var first = await TestApp.StartAsync(account);
        await Wait.UntilAsync(async () => (await first.RecordedAsync(EachSecond)).Count > 1);
        await using var second = await TestApp.StartAsync(account);

        await Signals.SendAsync(first.Process.ProcessId, "STOP");
        await Wait.UntilAsync(async () => (await second.RecordedAsync(EachSecond)).Count > 1, TimeSpan.FromSeconds(60));
        var before = (await second.RecordedAsync(EachSecond)).Count;
        await Signals.SendAsync(first.Process.ProcessId, "CONT");

        var seen = (await first.RecordedAsync(EachSecond)).Count;
        await Wait.UntilAsync(async () => (await second.RecordedAsync(EachSecond)).Count > before + 3);
        Assert.Equal(seen, (await first.RecordedAsync(EachSecond)).Count);
    }
}
