namespace Relais.Platform;

internal enum FailureKind { Invalid, Unauthorized, Forbidden, NotFound, Conflict, TooLarge, WrongMediaType, TooManyRequests, Unavailable }

/// <summary>A caller's mistake, as a value. <paramref name="Code"/> is permanent and never reused.</summary>
/// <param name="Faults">Field (JSON path) to what is wrong with it, every fault named.</param>
internal sealed record Failure(FailureKind Kind, string Code, string Message, IReadOnlyDictionary<string, string[]>? Faults = null);

/// <summary>A value or a Failure; converts implicitly from both.</summary>
internal readonly record struct Result<T>
{
    private readonly T? value;

    private Result(T? value, Failure? failure) => (this.value, Failure) = (value, failure);

    public Failure? Failure { get; }

    public T Value => Failure is null ? value! : throw new InvalidOperationException($"No value: {Failure.Code}.");

    public TOut Match<TOut>(Func<T, TOut> success, Func<Failure, TOut> failure) => Failure is null ? success(value!) : failure(Failure);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Failure failure) => new(default, failure);
}
