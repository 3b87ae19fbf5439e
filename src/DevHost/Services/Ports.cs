using System.Net;
using System.Net.Sockets;

namespace Relais.DevHost.Services;

public static class Ports
{
    /// <summary>The wanted port if nobody listens on it, else a free one.</summary>
    public static int FreeOr(int wanted) => wanted > 0 && IsFree(wanted) ? wanted : Free();

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
