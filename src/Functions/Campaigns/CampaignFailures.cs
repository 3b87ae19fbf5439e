using Relais.Platform;

namespace Relais.Campaigns;

internal static class CampaignFailures
{
    public static Failure NotFound() => new(FailureKind.NotFound, "campaign_not_found", "There is no such campaign.");

    public static Failure WrongStatus(string status) =>
        new(
            FailureKind.Conflict, "campaign_state", $"This is not possible while the campaign is {status}.",
            new Dictionary<string, string[]> { ["status"] = [status] });

    public static Failure Expired() => new(FailureKind.Conflict, "campaign_expired", "The campaign has expired: its expiresAt has passed.");

    public static Failure SenderRetired() =>
        new(
            FailureKind.Conflict, "sender_retired",
            "The campaign's sender is retired because its number was released. Create a campaign with another sender.");
}
