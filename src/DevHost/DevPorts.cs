using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>The ports of the last run, or the usual ones; any other when somebody has taken them.</summary>
internal sealed record DevPorts(Uri App, int Door, int Simulator)
{
    public static DevPorts Choose(DevState state) =>
        new(new Uri($"http://127.0.0.1:{Ports.FreeOr(state.AppPort)}"), Ports.FreeOr(state.DoorPort), Ports.FreeOr(state.SimulatorPort));
}
