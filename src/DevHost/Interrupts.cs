using System.Runtime.InteropServices;

namespace Relais.DevHost;

/// <summary>
/// Makes SIGINT work when this host runs in the background. A shell without job control starts background programs with SIGINT ignored, and
/// .NET then installs no handler; but this host must always stop on Ctrl-C and on <c>kill -INT</c>.
/// </summary>
internal static class Interrupts
{
    private const int Interrupt = 2;
    private const nint Default = 0;
    private const nint Ignored = 1;

    // Larger than struct sigaction on any system. Its first member is the handler.
    private const int ActionSize = 256;

    /// <summary>Restores the default action of SIGINT. Call this before a handler is registered.</summary>
    public static void RestoreDefaultHandler()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var action = new byte[ActionSize];
        if (ReadAction(Interrupt, 0, action) == 0 && MemoryMarshal.Read<nint>(action) == Ignored)
        {
            _ = SetHandler(Interrupt, Default);
        }
    }

    [DllImport("libc", EntryPoint = "sigaction")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadAction(int signal, nint newAction, byte[] currentAction);

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SetHandler(int signal, nint handler);
}
