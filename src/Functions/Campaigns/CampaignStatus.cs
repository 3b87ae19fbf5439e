using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns;

/// <summary>The state a campaign is in now.</summary>
internal sealed record CampaignState(Guid Id, string Status);

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

    private const string Find = "select status from campaigns where id = @Id";

    public static bool IsEnd(string status) => status is Cancelled or Finished;

    /// <param name="update">Returns the new status, or no row when the campaign is in no state from which this is possible.</param>
    /// <param name="alreadyThere">States in which there is nothing to do.</param>
    public static async Task<Result<CampaignState>> ChangeAsync(
        NpgsqlTransaction tx, string update, Guid id, DateTimeOffset now, string[] alreadyThere, CancellationToken ct)
    {
        var changed = await tx.QueryOneAsync<string>(update, new { Id = id, Now = now.UtcDateTime }, ct);
        if (changed is not null)
        {
            return new CampaignState(id, changed);
        }

        var status = await tx.QueryOneAsync<string>(Find, new { Id = id }, ct);
        return status is null ? CampaignFailures.NotFound()
            : alreadyThere.Contains(status) ? new CampaignState(id, status)
            : CampaignFailures.State(status);
    }
}
