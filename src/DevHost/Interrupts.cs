using System.Runtime.InteropServices;

namespace Relais.DevHost;

/// <summary>
/// A shell without job control lets a program that it starts in the background ignore SIGINT, and .NET respects that: no handler is installed. This host is
/// meant to end by Ctrl-C and by <c>kill -INT</c> wherever it was started.
/// </summary>
internal static class Interrupts
{
    private const int Interrupt = 2;
    private const nint Default = 0;
    private const nint Ignored = 1;

    // more than any system's struct sigaction, whose first member is the handler
    private const int ActionSize = 256;

    /// <summary>Call it before a handler is registered.</summary>
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
    private static extern int ReadAction(int signal, nint change, byte[] present);

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SetHandler(int signal, nint handler);
}
