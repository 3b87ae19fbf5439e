using System.Diagnostics;

namespace LocalPackages.Tests.Durable;

/// <summary>A Functions app of its own process, to be killed, frozen and thawed.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;

    private HostProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public static HostProcess Start(string connectionString, int maxActivities = 8)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "DurableHost.dll"), "--urls", "http://127.0.0.1:0" },
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["ConnectionStrings__DurableTask"] = connectionString;
        start.Environment["AzureFunctionsJobHost__extensions__durableTask__hubName"] = "Tests";
        start.Environment["AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions"] = $"{maxActivities}";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        return new HostProcess(Process.Start(start)!);
    }

    public async Task KillAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
    }

    public Task FreezeAsync() => SignalAsync("-STOP");

    public Task ThawAsync() => SignalAsync("-CONT");

    public async Task<int> TerminateAsync()
    {
        await SignalAsync("-TERM");
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }
}
