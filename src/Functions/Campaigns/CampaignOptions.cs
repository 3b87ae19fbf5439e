using System.ComponentModel.DataAnnotations;

namespace Relais.Campaigns;

internal sealed class CampaignOptions
{
    public const string Section = "Campaigns";

    /// <summary>How long the final status of a sent message is awaited. After that the campaign closes without it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan FinalStatusTimeout { get; set; } = TimeSpan.FromMinutes(15);
}
