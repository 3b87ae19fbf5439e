namespace Relais.Channels;

internal enum ProviderFailureKind
{
    /// <summary>The request certainly never left.</summary>
    NotSent,

    /// <summary>The provider answered no and did nothing.</summary>
    Refused,

    /// <summary>The provider may or may not have done it: asking is the only way to know.</summary>
    Unknown,
}

/// <summary>Why a call to a provider gave no value.</summary>
/// <param name="Code">The provider's own code, or one of <see cref="SendErrorActions"/>'s for what has none. Never the provider's text: it may hold numbers.</param>
/// <param name="HttpStatus">0: no answer.</param>
internal sealed record ProviderFailure(ProviderFailureKind Kind, string Code, int HttpStatus = 0)
{
    /// <summary>The same call may well succeed later.</summary>
    public bool IsTransient => Kind != ProviderFailureKind.Refused || HttpStatus is 408 or 429;

    /// <summary>There is no such thing, or not for this account.</summary>
    /// <remarks>A 404 that is not in the provider's own words may come from anything on the way.</remarks>
    public bool IsNotFound => Kind == ProviderFailureKind.Refused && HttpStatus == 404 && Code == "20404";
}

/// <summary>A provider's answer, or why there is none; converts implicitly from both.</summary>
internal readonly record struct ProviderResult<T>
{
    private readonly T? value;

    private ProviderResult(T? value, ProviderFailure? failure) => (this.value, Failure) = (value, failure);

    public ProviderFailure? Failure { get; }

    public T Value => Failure is null ? value! : throw new InvalidOperationException($"No value: {Failure.Code}.");

    public static implicit operator ProviderResult<T>(T value) => new(value, null);

    public static implicit operator ProviderResult<T>(ProviderFailure failure) => new(default, failure);
}
