namespace Relais.Sending;

/// <summary>An opt-out that the provider reported by the error code of a message.</summary>
internal sealed record ProviderOptOut
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required string Channel { get; init; }
    public required string ContactAddress { get; init; }
    public Guid? ContactId { get; init; }
    public required string Code { get; init; }

    public static ProviderOptOut Of(AppliedTransition transition) => new()
    {
        Id = transition.Id,
        TenantId = transition.TenantId,
        Channel = transition.Channel,
        ContactAddress = transition.ContactAddress,
        ContactId = transition.ContactId,
        Code = transition.ErrorCode!,
    };
}
