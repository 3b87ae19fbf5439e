namespace Relais.Channels;

/// <summary>What is known about the effect of a failed call.</summary>
internal enum ProviderFailureKind
{
    /// <summary>The request was certainly not sent.</summary>
    NotSent,

    /// <summary>The provider refused the request and did nothing.</summary>
    Refused,

    /// <summary>The outcome is unknown: the provider may have done what was requested. Only a query to the provider can tell.</summary>
    Unknown,
}

/// <summary>The failure of a call to a provider.</summary>
/// <param name="Code">
/// The provider's error code, or a code of <see cref="SendErrorActions"/> or <see cref="ProviderReasons"/> if the provider gave none. Never
/// the provider's text, because it may contain phone numbers.
/// </param>
/// <param name="HttpStatus">0: the provider did not answer.</param>
internal sealed record ProviderFailure(ProviderFailureKind Kind, string Code, int HttpStatus = 0)
{
    /// <summary>The same call may succeed later.</summary>
    public bool IsTransient => Kind != ProviderFailureKind.Refused || HttpStatus is 408 or 429;

    /// <summary>The resource does not exist, or belongs to another account.</summary>
    /// <remarks>A 404 without the provider's own code may come from a proxy on the way.</remarks>
    public bool IsNotFound => Kind == ProviderFailureKind.Refused && HttpStatus == 404 && Code == "20404";
}

/// <summary>The value that a provider returned, or the failure of the call. Converts implicitly from both.</summary>
internal readonly record struct ProviderResult<T>
{
    private readonly T? value;

    private ProviderResult(T? value, ProviderFailure? failure) => (this.value, Failure) = (value, failure);

    public ProviderFailure? Failure { get; }

    public T Value => Failure is null ? value! : throw new InvalidOperationException($"No value: {Failure.Code}.");

    public static implicit operator ProviderResult<T>(T value) => new(value, null);

    public static implicit operator ProviderResult<T>(ProviderFailure failure) => new(default, failure);
}
