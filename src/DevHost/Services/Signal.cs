using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Relais.DevHost.Services;

/// <summary>A signal for a process. On Windows every signal kills the process.</summary>
public sealed record Signal(string Name, int Number)
{
    public static readonly Signal Interrupt = new("INT", 2);
    public static readonly Signal Terminate = new("TERM", 15);
    public static readonly Signal Kill = new("KILL", 9);

    public void Send(Process process)
    {
        if (this == Kill || OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
            return;
        }

        // This fails only when the process has already ended, which is the desired state.
        _ = SendTo(process.Id, Number);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendTo(int process, int signal);
}
