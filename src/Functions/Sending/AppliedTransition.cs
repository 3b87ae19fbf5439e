namespace Relais.Sending;

/// <summary>A transition that changed its message.</summary>
internal sealed record AppliedTransition
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required Guid SenderId { get; init; }
    public Guid? CampaignId { get; init; }
    public required string ContactAddress { get; init; }
    public required string Channel { get; init; }
    public Guid? ContactId { get; init; }
    public required int Attempt { get; init; }
    public required int Failures { get; init; }
    public required string OldStatus { get; init; }
    public required string Status { get; init; }
    public string? ErrorCode { get; init; }
    public required DateTime DueAt { get; init; }

    /// <summary>The message had already ended, and the provider's error code for this end arrived now.</summary>
    public bool AddsErrorCode { get; init; }

    /// <summary>This transition made the message wait for a retry.</summary>
    public bool WaitsForRetry => Status == "retry" && OldStatus != "retry";

    /// <summary>The status or the error code changed, not only the SID or the time of a milestone.</summary>
    public bool ChangedStatusOrErrorCode => Status != OldStatus || AddsErrorCode;
}
