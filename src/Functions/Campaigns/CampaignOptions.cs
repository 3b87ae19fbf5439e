using System.ComponentModel.DataAnnotations;

namespace Relais.Campaigns;

internal sealed class CampaignOptions
{
    public const string Section = "Campaigns";

    /// <summary>A campaign closes when no message sent within this time lacks an outcome.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan FinalStatusTimeout { get; set; } = TimeSpan.FromMinutes(15);
}
