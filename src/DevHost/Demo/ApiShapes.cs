using System.Text.Json.Serialization;

namespace Relais.DevHost.Demo;

internal sealed record ImportReport(
    Guid? ImportId, int Rows, int Created, int Updated, int Duplicates, int Rejected, IReadOnlyList<ImportRow> Report);

internal sealed record ImportRow(int Line, string Outcome, IReadOnlyList<ImportFault> Faults);

internal sealed record ImportFault(string Code, string Message);

internal sealed record NewCampaign(string Name, Guid SenderId, NewAudience Audience, NewMessage Message1, NewMessage? Message2);

internal sealed record NewAudience(Guid ImportId);

internal sealed record NewMessage(
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Body = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ContentSid = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Variables = null);

internal sealed record CampaignList(IReadOnlyList<CampaignItem> Campaigns);

internal sealed record CampaignItem(Guid Id, string Name, string Status)
{
    public bool IsOver => Status is "finished" or "cancelled";
}

internal sealed record Campaign(Guid Id, string Name, string Status, string? StatusReason, CampaignCounts Progress)
{
    public bool IsOver => Status is "finished" or "cancelled";
}

internal sealed record CampaignCounts(
    long Planned, long Queued, long Sent, long Delivered, long Read, long Failed, long Canceled, long Expired, long Skipped,
    long Replied, long FollowedUp, long OptedOut,
    IReadOnlyDictionary<string, long> FailedBy, IReadOnlyDictionary<string, long> SkippedBy, FollowupCounts Followup)
{
    /// <summary>True when no message is waiting to be sent.</summary>
    public bool IsSettled => Queued == 0 && Followup.Queued == 0;
}

internal sealed record FollowupCounts(
    long Queued, long Sent, long Delivered, long Read, long Failed, long Canceled, long Expired, long Skipped);
