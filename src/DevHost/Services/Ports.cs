using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Relais.DevHost.Services;

/// <summary>Another process listens on the port.</summary>
public sealed class PortTakenException(string message) : DevServiceException(message);

public static class Ports
{
    private const int MostAttempts = 5;

    /// <summary>
    /// Starts a server of this process on the wanted port, or on a free one. A port that was free a moment ago may be taken when the server binds it:
    /// then another one is tried.
    /// </summary>
    /// <param name="wanted">0 is any.</param>
    /// <param name="start">Starts the server on the port and fails where it is taken.</param>
    public static async Task<T> ListenAsync<T>(int wanted, Func<int, Task<T>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start(attempt == 1 ? FreeOr(wanted) : Free());
            }
            catch (IOException failure) when (failure.InnerException is AddressInUseException && attempt < MostAttempts)
            {
                // with another port
            }
        }
    }

    /// <summary>The wanted port if nobody listens on it, else a free one.</summary>
    public static int FreeOr(int wanted) => wanted > 0 && IsFree(wanted) ? wanted : Free();

    /// <summary>A port that is free now. Another process may take it before the caller binds it, so the caller must handle that failure.</summary>
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
