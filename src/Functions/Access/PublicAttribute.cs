namespace Relais.Access;

/// <summary>
/// Opens the function to everybody. The <paramref name="reason"/> says why that is safe, or how the function itself checks its caller.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PublicAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;

    /// <summary>
    /// True: requests count against the rate limit of the client's address. False for provider webhooks, which are signed and must not
    /// be lost.
    /// </summary>
    public bool IsLimited { get; init; }
}
