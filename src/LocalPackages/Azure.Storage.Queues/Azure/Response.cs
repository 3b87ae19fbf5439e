using System.Diagnostics.CodeAnalysis;

namespace Azure;

public abstract class Response : IDisposable
{
    public abstract int Status { get; }

    public abstract string ReasonPhrase { get; }

    public abstract string ClientRequestId { get; set; }

    public virtual BinaryData Content => BinaryData.Empty;

    public virtual bool IsError => Status >= 400;

    public static Response<T> FromValue<T>(T value, Response response) => new ValueResponse<T>(value, response);

    public abstract void Dispose();

    public override string ToString() => $"Status: {Status}, ReasonPhrase: {ReasonPhrase}";
}

public abstract class NullableResponse<T>
{
    public abstract bool HasValue { get; }

    public abstract T? Value { get; }

    public abstract Response GetRawResponse();
}

public abstract class Response<T> : NullableResponse<T>
{
    public override bool HasValue => true;

    public override T Value => throw new InvalidOperationException("This response has no value.");

    public static implicit operator T([NotNull] Response<T> response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Value!;
    }
}

internal sealed class ValueResponse<T>(T value, Response raw) : Response<T>
{
    public override T Value => value;

    public override Response GetRawResponse() => raw;
}
