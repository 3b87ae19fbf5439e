using Npgsql;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns;

/// <summary>The state a campaign is in now.</summary>
internal sealed record CampaignState(Guid Id, string Status);

/// <summary>One way to change the state.</summary>
/// <param name="Action">As the audit trail names it.</param>
/// <param name="Update">Returns the new status, or no row when the campaign is in no state from which this is possible.</param>
/// <param name="NoChangeFrom">States in which there is nothing to do.</param>
internal sealed record StatusChange(string Action, string Update, string[] NoChangeFrom);

/// <summary>States change by an UPDATE that carries its precondition; asking for the present state is harmless.</summary>
internal static class CampaignStatus
{
    public const string Draft = "draft";
    public const string Starting = "starting";
    public const string Running = "running";
    public const string Paused = "paused";
    public const string Cancelling = "cancelling";
    public const string Cancelled = "cancelled";
    public const string Finished = "finished";

    // locked, so that the state before the change is the one that the audit trail names
    private const string LockStatus = "select status from campaigns where id = @Id for no key update";

    public static bool IsEnd(string status) => status is Cancelled or Finished;

    public static async Task<Result<CampaignState>> ChangeAsync(
        NpgsqlTransaction tx, Caller caller, StatusChange change, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        var before = await tx.QueryOneAsync<string>(LockStatus, new { Id = id }, ct);
        if (before is null)
        {
            return CampaignFailures.NotFound();
        }

        var after = await tx.QueryOneAsync<string>(change.Update, new { Id = id, Now = now.UtcDateTime }, ct);
        if (after is null)
        {
            return change.NoChangeFrom.Contains(before) ? new CampaignState(id, before) : CampaignFailures.WrongState(before);
        }

        var audit = new AuditEntry(change.Action, "campaign", id.ToString(), new { Status = before }, new { Status = after });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, audit, ct);
        return new CampaignState(id, after);
    }
}
