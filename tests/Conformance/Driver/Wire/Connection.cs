using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Relais.Conformance.Wire;

/// <summary>
/// HTTP/1.1 on a raw socket, which sends paths and headers exactly as written. An incomplete reply is still returned, whether the server
/// closed the connection or reset it.
/// </summary>
internal sealed class Connection(TcpClient socket) : IDisposable
{
    private static readonly byte[] CutOff = "<incomplete>"u8.ToArray();
    private readonly BufferedStream stream = new(socket.GetStream(), 64 * 1024);

    internal static async Task<Connection> OpenAsync(Uri target, CancellationToken ct)
    {
        var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(target.Host, target.Port, ct);
        return new Connection(socket);
    }

    internal async Task<Reply> SendAsync(string method, byte[] request, CancellationToken ct)
    {
        await stream.WriteAsync(request, ct);
        await stream.FlushAsync(ct);
        return await ReadReplyAsync(method, ct);
    }

    internal async Task SendOnlyAsync(byte[] request, CancellationToken ct)
    {
        await stream.WriteAsync(request, ct);
        await stream.FlushAsync(ct);
    }

    public void Dispose() => socket.Dispose();

    private async Task<Reply> ReadReplyAsync(string method, CancellationToken ct)
    {
        var status = await ReadStatusAsync(ct);
        var headers = await ReadHeadersAsync(ct);
        while (status == 100)
        {
            status = await ReadStatusAsync(ct);
            headers = await ReadHeadersAsync(ct);
        }

        var bare = new Reply(status, headers, []);
        if (method == "HEAD" || status is 204 or 304)
        {
            return bare;
        }

        var body = new MemoryStream();
        return await IsWholeAsync(bare, body, ct)
            ? bare with { Body = body.ToArray() }
            : bare with { Body = [.. body.ToArray(), .. CutOff] };
    }

    private async Task<bool> IsWholeAsync(Reply bare, MemoryStream body, CancellationToken ct)
    {
        try
        {
            return bare.Header("transfer-encoding") is string coding && coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? await ReadChunksAsync(body, ct)
                : bare.Header("content-length") is string length
                    ? await CopyAsync(body, long.Parse(length, CultureInfo.InvariantCulture), ct)
                    : await CopyToEndAsync(body, ct);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return false;
        }
    }

    private async Task<int> ReadStatusAsync(CancellationToken ct)
    {
        var line = await ReadLineAsync(ct) ?? throw new IOException("closed without an answer");
        return int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private async Task<List<(string Name, string Value)>> ReadHeadersAsync(CancellationToken ct)
    {
        var headers = new List<(string Name, string Value)>();
        while (await ReadLineAsync(ct) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        return headers;
    }

    private async Task<bool> ReadChunksAsync(MemoryStream body, CancellationToken ct)
    {
        while (await ReadLineAsync(ct) is { Length: > 0 } line)
        {
            var size = long.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                _ = await ReadHeadersAsync(ct);
                return true;
            }

            if (!await CopyAsync(body, size, ct))
            {
                return false;
            }

            _ = await ReadLineAsync(ct);
        }

        return false;
    }

    private async Task<bool> CopyAsync(MemoryStream body, long count, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        while (count > 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), ct);
            if (read == 0)
            {
                return false;
            }

            body.Write(buffer, 0, read);
            count -= read;
        }

        return true;
    }

    private async Task<bool> CopyToEndAsync(MemoryStream body, CancellationToken ct)
    {
        await stream.CopyToAsync(body, ct);
        return true;
    }

    private async Task<string?> ReadLineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        var buffer = new byte[1];
        while (await stream.ReadAsync(buffer, ct) == 1)
        {
            if (buffer[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)buffer[0]);
        }

        return line.Length == 0 ? null : line.ToString();
    }
}
