namespace Relais.Sending;

/// <summary>The message of a status report, as it is stored.</summary>
internal sealed record ReportTarget
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required int Attempt { get; init; }
    public required int Failures { get; init; }
    public required bool CampaignCanPause { get; init; }
    public required string ContactAddress { get; init; }
}
