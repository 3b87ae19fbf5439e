using System.Diagnostics;
using System.Globalization;

namespace Relais.Kit;

/// <summary>Sends signals to a process of this machine.</summary>
public static class Signals
{
    /// <param name="signal">Name without SIG: STOP, CONT, INT.</param>
    public static async Task SendAsync(int processId, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
