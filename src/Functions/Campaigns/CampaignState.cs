namespace Relais.Campaigns;

/// <summary>The current status of a campaign.</summary>
internal sealed record CampaignState(Guid Id, string Status);
