using System.Text.RegularExpressions;
using Relais.Kit;

namespace FunctionsHost.Tests;

/// <summary>Entries of the worker keep their level; host.json, or its override in the environment, says which are shown.</summary>
public sealed partial class LogTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    [Theory]
    [InlineData("Trace", true)]
    [InlineData("Information", false)]
    public async Task Trace_entries_of_the_worker_are_shown_when_asked_for(string level, bool shown)
    {
        await using var host = await TestApp.StartAsync(
            storage.CreateAccount(), ("AzureFunctionsJobHost__logging__logLevel__default", level), ("Logging__LogLevel__Default", "Trace"));
        await host.Http.GetStringAsync("ping");
        await Wait.UntilAsync(() => WorkerEntry().IsMatch(host.Process.Log.Tail(2000)));

        Assert.Equal(shown, TraceEntry().IsMatch(host.Process.Log.Tail(2000)));
    }

    [GeneratedRegex(@"info: Host\[0\] Listening on ")]
    private static partial Regex WorkerEntry();

    [GeneratedRegex(@"^[\d:.]+ (trce|dbug): Microsoft\.(Azure\.Functions|Extensions|AspNetCore)", RegexOptions.Multiline)]
    private static partial Regex TraceEntry();
}
