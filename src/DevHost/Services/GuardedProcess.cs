using System.Diagnostics;

namespace Relais.DevHost.Services;

/// <summary>A program to start, and how to end it.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ProcessSpec(string File, params IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
    public string? WorkingDirectory { get; init; }

    /// <summary>The signal that asks the process to end.</summary>
    public Signal StopSignal { get; init; } = Signal.Terminate;

    /// <summary>A folder that is deleted when the process has ended; null for none.</summary>
    public string? RemoveAfterwards { get; init; }
}

/// <summary>A child process that always ends with this process, even when this process is killed.</summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    /// <remarks>
    /// The guard reads from a pipe whose only write end is in this process. When this process ends for any reason, the guard reads the end
    /// of the file and ends the child. The guard is a grandchild, so that the child never has to reap it. Child and guard have their own
    /// sessions: Ctrl-C in the terminal reaches only this process, which then stops everything in order, and a kill of this process group
    /// does not end the guard.
    /// </remarks>
    private const string Guard = """
        exec 3<&0
        export guarded=$$
        ( $guard_session sh -c "$guard_script" <&3 >/dev/null 2>&1 & )
        exec $guard_session "$@" 3<&- </dev/null
        """;

    private const string GuardScript = """
        trap '' HUP INT QUIT TERM
        while read -r _; do :; done
        if kill -"$guard_signal" $guarded; then
            i=0
            while kill -0 $guarded && [ $i -lt 50 ]; do sleep 0.1; i=$((i + 1)); done
            kill -KILL -$guarded || kill -KILL $guarded
        fi
        [ -z "$guard_remove" ] || rm -rf "$guard_remove"
        """;

    private static readonly string OwnSession = Executables.Find("setsid") ?? "";

    private readonly Process process;
    private readonly ProcessSpec spec;

    private GuardedProcess(Process process, ProcessSpec spec, RecentLog log)
    {
        this.process = process;
        this.spec = spec;
        Log = log;
        Exited = WaitAsync();
    }

    public RecentLog Log { get; }

    public int Id => process.Id;

    /// <summary>Completes with the exit code when the process has ended.</summary>
    public Task<int> Exited { get; }

    public bool HasExited => Exited.IsCompleted;

    public static GuardedProcess Start(ProcessSpec spec, Action<string>? onLine = null)
    {
        var start = OperatingSystem.IsWindows() ? UnguardedStart(spec) : GuardedStart(spec);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        start.WorkingDirectory = spec.WorkingDirectory ?? "";
        foreach (var (name, value) in spec.Environment)
        {
            if (name.Contains('.', StringComparison.Ordinal))
            {
                throw new ArgumentException($"The shell of the guard drops the environment variable {name}: write __ instead of the dots.");
            }

            start.Environment[name] = value;
        }

        var log = new RecentLog();
        void OnData(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is not null)
            {
                log.Add(e.Data);
                onLine?.Invoke(e.Data);
            }
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += OnData;
        process.ErrorDataReceived += OnData;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new GuardedProcess(process, spec, log);
    }

    /// <summary>Asks the process to end, and kills it when it has not ended within the grace period.</summary>
    public async Task<int> StopAsync(TimeSpan grace)
    {
        if (HasExited)
        {
            return await Exited;
        }

        spec.StopSignal.Send(process);
        try
        {
            return await Exited.WaitAsync(grace);
        }
        catch (TimeoutException)
        {
            return await KillAsync();
        }
    }

    /// <summary>Kills the process (SIGKILL).</summary>
    public async Task<int> KillAsync()
    {
        if (!HasExited)
        {
            Signal.Kill.Send(process);
        }

        return await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        await process.WaitForExitAsync();
        await process.StandardInput.DisposeAsync();
        return process.ExitCode;
    }

    private static ProcessStartInfo UnguardedStart(ProcessSpec spec) => new(spec.File, spec.Arguments);

    private static ProcessStartInfo GuardedStart(ProcessSpec spec)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guard, "guard", spec.File, .. spec.Arguments]);
        start.Environment["guard_session"] = OwnSession;
        start.Environment["guard_script"] = GuardScript;
        start.Environment["guard_signal"] = spec.StopSignal.Name;
        start.Environment["guard_remove"] = spec.RemoveAfterwards ?? "";
        return start;
    }
}
