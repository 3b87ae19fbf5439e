using Relais.Channels;

namespace Relais.Numbers.Inventory;

/// <summary>Points a number's webhooks to this installation. Success means that they were read back from the provider.</summary>
internal sealed class ConnectWebhooks(INumberProvider provider, RouterUrls routerUrls)
{
    private static readonly ProviderFailure WebhooksNotApplied = new(ProviderFailureKind.Unknown, ProviderReasons.WebhookNotAccepted);

    public async Task<ProviderResult<OwnedNumber>> SetIfWrongAsync(ProviderCredentials account, string sid, NumberWebhooks webhooks)
    {
        var fetched = await provider.FetchAsync(account, sid);
        return fetched.Failure is not null || IsConnected(fetched.Value, webhooks) ? fetched : await SetAsync(account, sid, webhooks);
    }

    public async Task<ProviderResult<OwnedNumber>> SetAsync(ProviderCredentials account, string sid, NumberWebhooks webhooks)
    {
        var set = await provider.ConnectAsync(account, sid, webhooks);
        if (set.Failure is not null)
        {
            return set;
        }

        var fetched = await provider.FetchAsync(account, sid);
        return fetched.Failure is not null || IsConnected(fetched.Value, webhooks) ? fetched : WebhooksNotApplied;
    }

    private bool IsConnected(OwnedNumber number, NumberWebhooks webhooks) =>
        !routerUrls.HasWrongWebhooks(number) && Uri.TryCreate(number.SmsUrl, UriKind.Absolute, out var url) && url == webhooks.SmsUrl;
}
