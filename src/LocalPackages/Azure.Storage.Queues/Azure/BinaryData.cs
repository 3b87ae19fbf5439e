using System.Text;
using System.Text.Json;

namespace System;

/// <summary>Bytes with conversions to text, stream and JSON (published in System.Memory.Data, which Azure.Core brings along).</summary>
public class BinaryData
{
    private readonly ReadOnlyMemory<byte> _bytes;

    public BinaryData(byte[] data) => _bytes = data ?? throw new ArgumentNullException(nameof(data));

    public BinaryData(ReadOnlyMemory<byte> data) => _bytes = data;

    public BinaryData(string data) => _bytes = Encoding.UTF8.GetBytes(data ?? throw new ArgumentNullException(nameof(data)));

    public BinaryData(object? jsonSerializable, JsonSerializerOptions? options = default, Type? type = default) =>
        _bytes = JsonSerializer.SerializeToUtf8Bytes(jsonSerializable, type ?? jsonSerializable?.GetType() ?? typeof(object), options);

    public static BinaryData Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    public int Length => _bytes.Length;

    public bool IsEmpty => _bytes.IsEmpty;

    public static BinaryData FromBytes(byte[] data) => new(data);

    public static BinaryData FromBytes(ReadOnlyMemory<byte> data) => new(data);

    public static BinaryData FromString(string data) => new(data);

    public static BinaryData FromObjectAsJson<T>(T jsonSerializable, JsonSerializerOptions? options = default) =>
        new(JsonSerializer.SerializeToUtf8Bytes(jsonSerializable, options));

    public byte[] ToArray() => _bytes.ToArray();

    public ReadOnlyMemory<byte> ToMemory() => _bytes;

    public Stream ToStream() => new MemoryStream(_bytes.ToArray(), writable: false);

    public T? ToObjectFromJson<T>(JsonSerializerOptions? options = default) => JsonSerializer.Deserialize<T>(_bytes.Span, options);

    public override string ToString() => Encoding.UTF8.GetString(_bytes.Span);

    public static implicit operator ReadOnlyMemory<byte>(BinaryData? data) => data?._bytes ?? default;

    public static implicit operator ReadOnlySpan<byte>(BinaryData? data) => data is null ? default : data._bytes.Span;
}
