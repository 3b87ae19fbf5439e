using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EndToEnd.Tests.Malformed;

/// <summary>An HTTP answer as it was received.</summary>
/// <param name="Headers">By lower-case name. The last value of a repeated header counts.</param>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public bool Closes =>
        Headers.TryGetValue("connection", out var connection) && connection.Contains("close", StringComparison.OrdinalIgnoreCase);

    public string? MediaType => Headers.TryGetValue("content-type", out var type) ? type.Split(';')[0] : null;

    public override string ToString() => $"{Status} {MediaType} {Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, 500)))}";
}

/// <summary>The received bytes are no valid HTTP answer.</summary>
internal sealed class BrokenAnswerException(string message) : Exception(message);

/// <summary>A TCP connection to the app that sends any bytes and reads the answers byte by byte.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket socket;
    private byte[] buffer = new byte[32 * 1024];
    private int start;
    private int end;

    private RawConnection(Socket socket) => this.socket = socket;

    public static async Task<RawConnection> OpenAsync(Uri app, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, app.Port), ct);
        return new RawConnection(socket);
    }

    /// <returns>False: the server has closed the connection.</returns>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        try
        {
            while (bytes.Length > 0)
            {
                bytes = bytes[await socket.SendAsync(bytes, ct)..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Ends the sending direction; answers are still read.</summary>
    public void FinishSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server has closed the connection first.
        }
    }

    /// <summary>Resets the connection, as a broken network does.</summary>
    public void Reset() => socket.Close(0);

    /// <returns>The next answer; null: the connection was closed before one began.</returns>
    public async Task<RawAnswer?> ReadAsync(bool isHead, CancellationToken ct)
    {
        while (true)
        {
            if (await LineAsync(ct) is not { } first)
            {
                return null;
            }

            if (!first.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || first.Length < 12
                || !int.TryParse(first.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                throw new BrokenAnswerException($"An answer begins with: {first}");
            }

            var headers = await HeadersAsync(ct);
            if (status >= 200)
            {
                return new RawAnswer(status, headers, isHead || status is 204 or 304 ? [] : await BodyAsync(headers, ct));
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task<Dictionary<string, string>> HeadersAsync(CancellationToken ct)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (true)
        {
            var line = await LineAsync(ct) ?? throw new BrokenAnswerException("The connection ended in a head.");
            if (line.Length == 0)
            {
                return headers;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new BrokenAnswerException($"A header without a colon: {line}");
            }

            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }
    }

    private async Task<byte[]> BodyAsync(Dictionary<string, string> headers, CancellationToken ct)
    {
        if (headers.TryGetValue("content-length", out var length))
        {
            return await TakeAsync(int.Parse(length, CultureInfo.InvariantCulture), ct);
        }

        return headers.GetValueOrDefault("transfer-encoding") == "chunked" ? await ChunksAsync(ct)
            : headers.GetValueOrDefault("connection") == "close" ? await ReadToEndAsync(ct)
            : throw new BrokenAnswerException("The answer does not say how long it is.");
    }

    /// <summary>Reads until the connection is closed.</summary>
    private async Task<byte[]> ReadToEndAsync(CancellationToken ct)
    {
        while (await FillAsync(ct))
        {
        }

        return await TakeAsync(end - start, ct);
    }

    private async Task<byte[]> ChunksAsync(CancellationToken ct)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(
                await LineAsync(ct) ?? throw new BrokenAnswerException("The connection ended in a body."), NumberStyles.HexNumber,
                CultureInfo.InvariantCulture);
            body.Write(await TakeAsync(size, ct));
            if (await LineAsync(ct) is not "")
            {
                throw new BrokenAnswerException("A chunk has another length than it says.");
            }

            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    /// <returns>The next line; null: the end of the connection.</returns>
    private async Task<string?> LineAsync(CancellationToken ct)
    {
        for (var searched = 0; ;)
        {
            var at = buffer.AsSpan(start + searched, end - start - searched).IndexOf("\r\n"u8);
            if (at >= 0)
            {
                var line = Encoding.Latin1.GetString(buffer, start, searched + at);
                start += searched + at + 2;
                return line;
            }

            searched = Math.Max(0, end - start - 1);
            if (!await FillAsync(ct))
            {
                return start == end
                    ? null
                    : throw new BrokenAnswerException(
                        $"The connection ended after: {Encoding.Latin1.GetString(buffer, start, Math.Min(200, end - start))}");
            }
        }
    }

    private async Task<byte[]> TakeAsync(int count, CancellationToken ct)
    {
        while (end - start < count)
        {
            if (!await FillAsync(ct))
            {
                throw new BrokenAnswerException($"The connection ended {count - (end - start)} bytes before the end of a body.");
            }
        }

        var bytes = buffer[start..(start + count)];
        start += count;
        return bytes;
    }

    private async Task<bool> FillAsync(CancellationToken ct)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        try
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(end), ct);
            end += read;
            return read > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
