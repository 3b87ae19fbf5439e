using Relais.Accounts;
using Relais.Channels;

namespace Relais.Numbers.Inventory;

/// <summary>Makes a number's messages come to us, and believes it only when it was read back.</summary>
internal sealed class ConnectWebhooks(INumberProvider provider, RouterUrls targets)
{
    private static readonly ProviderFailure WebhooksNotApplied = new(ProviderFailureKind.Unknown, TelephonyFailures.WebhookNotAccepted);

    /// <summary>Sets nothing where nothing is wrong.</summary>
    public async Task<ProviderResult<OwnedNumber>> EnsureAsync(ProviderAccount account, string sid, NumberWebhooks webhooks)
    {
        var held = await provider.FetchAsync(account, sid);
        return held.Failure is not null || IsConnected(held.Value, webhooks) ? held : await SetAsync(account, sid, webhooks);
    }

    public async Task<ProviderResult<OwnedNumber>> SetAsync(ProviderAccount account, string sid, NumberWebhooks webhooks)
    {
        var set = await provider.ConnectAsync(account, sid, webhooks);
        if (set.Failure is not null)
        {
            return set;
        }

        var held = await provider.FetchAsync(account, sid);
        return held.Failure is not null || IsConnected(held.Value, webhooks) ? held : WebhooksNotApplied;
    }

    private bool IsConnected(OwnedNumber held, NumberWebhooks webhooks) =>
        !targets.PointsElsewhere(held) && Uri.TryCreate(held.SmsUrl, UriKind.Absolute, out var url) && url == webhooks.SmsUrl;
}
