using Twilio.Rest.Messaging.V2;
using Sender = Twilio.Rest.Messaging.V2.ChannelsSenderResource;

namespace Relais.Channels.Twilio;

/// <summary>Reads and changes WhatsApp senders at Twilio (/v2/Channels/Senders).</summary>
internal sealed class TwilioWhatsAppSenders(TwilioClients clients) : IWhatsAppSenderProvider
{
    private const int PageSize = 100;
    private const string OnlineUpdating = "online:updating";

    public Task<ProviderResult<List<WhatsAppSender>>> ListAsync(ProviderCredentials account) => clients.CallAsync(account, async client =>
    {
        var found = await Sender.ReadAsync(new ReadChannelsSenderOptions("whatsapp") { PageSize = PageSize }, client);
        return found.Select(ToWhatsAppSender).ToList();
    });

    public Task<ProviderResult<WhatsAppSender>> FetchAsync(ProviderCredentials account, string sid) =>
        clients.CallAsync(account, async client => ToWhatsAppSender(await Sender.FetchAsync(new FetchChannelsSenderOptions(sid), client)));

    public Task<ProviderResult<WhatsAppSender>> ChangeProfileAsync(ProviderCredentials account, string sid, WhatsAppProfile profile) =>
        UpdateAsync(account, sid, new Sender.MessagingV2ChannelsSenderRequestsUpdate.Builder().WithProfile(ToRequest(profile)).Build());

    public Task<ProviderResult<WhatsAppSender>> ConnectAsync(ProviderCredentials account, string sid, NumberWebhooks webhooks) =>
        UpdateAsync(account, sid, new Sender.MessagingV2ChannelsSenderRequestsUpdate.Builder()
            .WithWebhook(new Sender.MessagingV2ChannelsSenderWebhook.Builder()
                .WithCallbackUrl(webhooks.SmsUrl.AbsoluteUri)
                .WithCallbackMethod(Sender.CallbackMethodEnum.Post)
                .WithFallbackUrl(webhooks.SmsFallbackUrl.AbsoluteUri)
                .WithFallbackMethod(Sender.FallbackMethodEnum.Post)
                .WithStatusCallbackUrl(webhooks.SmsUrl.AbsoluteUri)
                .WithStatusCallbackMethod("POST")
                .Build())
            .Build());

    private Task<ProviderResult<WhatsAppSender>> UpdateAsync(
        ProviderCredentials account, string sid, Sender.MessagingV2ChannelsSenderRequestsUpdate change) =>
        clients.CallAsync(account, async client =>
        {
            var options = new UpdateChannelsSenderOptions(sid) { MessagingV2ChannelsSenderRequestsUpdate = change };
            return ToWhatsAppSender(await Sender.UpdateAsync(options, client));
        });

    // The SDK leaves null values out of the request, so they stay unchanged.
    private static Sender.MessagingV2ChannelsSenderProfile ToRequest(WhatsAppProfile profile) =>
        new Sender.MessagingV2ChannelsSenderProfile.Builder()
            .WithName(profile.DisplayName)
            .WithAbout(profile.About)
            .WithAddress(profile.Address)
            .WithDescription(profile.Description)
            .WithLogoUrl(profile.LogoUrl)
            .WithVertical(profile.Vertical)
            .WithWebsites(profile.Websites?.ToArray())
            .WithEmails(profile.Emails?.ToArray())
            .Build();

    private static WhatsAppSender ToWhatsAppSender(Sender found) => new(
        found.Sid,
        ProviderAddress.Parse(found.SenderId ?? "").Address,
        Status(found.Status?.ToString()),
        Text(found.Properties?.QualityRating)?.ToLowerInvariant(),
        Text(found.Properties?.MessagingLimit),
        ToProfile(found.Profile),
        new WhatsAppWebhook(
            Text(found.Webhook?.CallbackUrl), Text(found.Webhook?.CallbackMethod?.ToString()),
            Text(found.Webhook?.FallbackUrl), Text(found.Webhook?.FallbackMethod?.ToString()),
            Text(found.Webhook?.StatusCallbackUrl), Text(found.Webhook?.StatusCallbackMethod)),
        [.. (found.OfflineReasons ?? []).Select(reason => new WhatsAppOfflineReason(reason.Code ?? "", reason.Message ?? ""))]);

    private static WhatsAppProfile ToProfile(Sender.MessagingV2ChannelsSenderProfileGenericResponse? profile) => new()
    {
        DisplayName = Text(profile?.Name),
        About = Text(profile?.About),
        Address = Text(profile?.Address),
        Description = Text(profile?.Description),
        LogoUrl = Text(profile?.LogoUrl),
        Vertical = Text(profile?.Vertical),
        Websites = [.. (profile?.Websites ?? []).Select(entry => entry.Website).OfType<string>()],
        Emails = [.. (profile?.Emails ?? []).Select(entry => entry.Email).OfType<string>()],
    };

    private static string Status(string? status) => status?.ToLowerInvariant() switch
    {
        null => "",
        OnlineUpdating => "updating",
        var other => other,
    };

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
