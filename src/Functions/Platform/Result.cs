namespace Relais.Platform;

internal enum FailureKind { Invalid, Unauthorized, Forbidden, NotFound, Conflict, TooLarge, WrongMediaType, TooManyRequests, Unavailable }

/// <summary>An expected failure, returned as a value instead of an exception.</summary>
/// <param name="Kind">Decides the HTTP status.</param>
/// <param name="Code">Part of the API contract: permanent and never reused.</param>
/// <param name="Message">Says what is wrong and what the caller can do.</param>
/// <param name="Faults">JSON path of a field to all its faults. Null: the failure is not about fields.</param>
internal sealed record Failure(FailureKind Kind, string Code, string Message, IReadOnlyDictionary<string, string[]>? Faults = null)
{
    public static Failure InvalidBody(IReadOnlyDictionary<string, string[]> faults) =>
        new(FailureKind.Invalid, "invalid_body", "The body has faults.", faults);

    public static Failure InvalidBody(string field, string fault) => InvalidBody(new Dictionary<string, string[]> { [field] = [fault] });

    public static Failure InvalidQuery(IReadOnlyDictionary<string, string[]> faults) =>
        new(FailureKind.Invalid, "invalid_query", "The query has faults.", faults);
}

/// <summary>Holds either a value or a failure; both convert to it implicitly.</summary>
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
