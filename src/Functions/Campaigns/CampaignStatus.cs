namespace Relais.Campaigns;

/// <summary>The statuses of a campaign, as the database and the API name them.</summary>
internal static class CampaignStatus
{
    public const string Draft = "draft";
    public const string Starting = "starting";
    public const string Running = "running";
    public const string Paused = "paused";
    public const string Cancelling = "cancelling";
    public const string Cancelled = "cancelled";
    public const string Finished = "finished";

    public static bool IsFinal(string status) => status is Cancelled or Finished;
}
