using Relais.DevHost.Services;
using Relais.Kit;

namespace EndToEnd.Tests.DevServices;

public sealed class GuardedProcessTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_process_gets_SIGTERM_before_SIGKILL()
    {
        await using var process = GuardedProcess.Start(Shell("trap 'echo asked; exit 7' TERM; echo ready; while :; do sleep 0.05; done"));
        await Wait.UntilAsync(() => process.Log.Lines.Contains("ready"));

        var exitCode = await process.StopAsync(Grace);

        Assert.Equal(7, exitCode);
        Assert.Contains("asked", process.Log.Lines);
    }

    [Fact]
    public async Task A_process_that_ignores_SIGTERM_is_killed()
    {
        await using var process = GuardedProcess.Start(Shell("trap '' TERM; echo ready; while :; do sleep 0.05; done"));
        await Wait.UntilAsync(() => process.Log.Lines.Contains("ready"));

        await process.StopAsync(TimeSpan.FromMilliseconds(200));

        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task A_process_inherits_settings_and_reports_its_exit_code()
    {
        var spec = Shell("echo \"$greeting\"; echo trouble >&2; exit 3") with
        {
            Environment = new Dictionary<string, string?> { ["greeting"] = "salut" },
        };
        await using var process = GuardedProcess.Start(spec);

        Assert.Equal(3, await process.Exited);
        Assert.Equal(["salut", "trouble"], process.Log.Lines.Order());
    }

    private static ProcessSpec Shell(string script) => new("/bin/sh", "-c", script);
}
