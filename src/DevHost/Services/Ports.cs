using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Relais.DevHost.Services;

/// <summary>Another process already listens on the port.</summary>
public sealed class PortTakenException(string message) : DevServiceException(message);

/// <summary>Finds free TCP ports on this machine.</summary>
public static class Ports
{
    private const int MaxAttempts = 5;

    /// <summary>
    /// Starts a server of this process on the preferred port, or on a free port. If another process takes the port before the server binds
    /// it, the next attempt uses another port.
    /// </summary>
    /// <param name="preferred">0 for any free port.</param>
    /// <param name="start">Starts the server on the given port, and throws an exception when the port is taken.</param>
    public static async Task<T> ListenAsync<T>(int preferred, Func<int, Task<T>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start(attempt == 1 ? FreeOr(preferred) : Free());
            }
            catch (IOException failure) when (failure.InnerException is AddressInUseException && attempt < MaxAttempts)
            {
                // Try again with another port.
            }
        }
    }

    /// <returns>The preferred port if it is free; otherwise another free port.</returns>
    public static int FreeOr(int preferred) => preferred > 0 && IsFree(preferred) ? preferred : Free();

    /// <summary>
    /// Finds a port that is free now. Another process may take it before the caller binds it, so the caller must handle that failure.
    /// </summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
