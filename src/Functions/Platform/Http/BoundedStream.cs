namespace Relais.Platform.Http;

/// <summary>The request body is larger than its limit.</summary>
/// <param name="limit">The limit in bytes.</param>
internal sealed class BodyTooLargeException(long limit) : IOException
{
    public Failure Failure => RequestBody.TooLarge(limit);
}

/// <summary>
/// Reads at most <paramref name="limit"/> bytes of a request body. A longer body throws <see cref="BodyTooLargeException"/>; it is never
/// truncated.
/// </summary>
internal sealed class BoundedStream(Stream inner, long limit) : Stream
{
    private long bytesRead;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => bytesRead; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int read)
    {
        bytesRead += read;
        return bytesRead <= limit ? read : throw new BodyTooLargeException(limit);
    }
}
