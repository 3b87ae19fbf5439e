using Npgsql;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns;

/// <summary>
/// Changes the status of a campaign and writes the audit entry. Each change is one UPDATE with a precondition; a request for the current
/// status changes nothing.
/// </summary>
internal static class ChangeCampaignStatus
{
    // The row is locked, so that the audit trail names the status from which the campaign really changed.
    private const string LockStatus = "select status from campaigns where id = @Id for no key update";

    public static async Task<Result<CampaignState>> RunAsync(
        NpgsqlTransaction tx, Caller caller, StatusChange change, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        var before = await tx.QueryOneAsync<string>(LockStatus, new { Id = id }, ct);
        if (before is null)
        {
            return CampaignFailures.NotFound();
        }

        var after = await tx.QueryOneAsync<string>(change.UpdateSql, new { Id = id, Now = now.UtcDateTime }, ct);
        if (after is null)
        {
            return change.NoChangeFrom.Contains(before) ? new CampaignState(id, before) : CampaignFailures.WrongStatus(before);
        }

        var audit = new AuditEntry(change.Action, "campaign", id.ToString(), new { Status = before }, new { Status = after });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, audit, ct);
        return new CampaignState(id, after);
    }
}
