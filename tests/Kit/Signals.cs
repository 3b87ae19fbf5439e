using System.Diagnostics;
using System.Globalization;

namespace Relais.Kit;

/// <summary>Signals to a process of this machine.</summary>
public static class Signals
{
    /// <param name="signal">STOP, CONT …</param>
    public static async Task SendAsync(int processId, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
