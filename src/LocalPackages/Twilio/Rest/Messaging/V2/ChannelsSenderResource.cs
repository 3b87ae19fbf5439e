using Twilio.Base;
using Twilio.Clients;
using Twilio.Json;

namespace Twilio.Rest.Messaging.V2;

public partial class ChannelsSenderResource : Resource
{
    private ChannelsSenderResource() { }

    public string Sid { get; private set; }

    public StatusEnum Status { get; private set; }

    public string SenderId { get; private set; }

    public MessagingV2ChannelsSenderConfiguration Configuration { get; private set; }

    public MessagingV2ChannelsSenderWebhook Webhook { get; private set; }

    public MessagingV2ChannelsSenderProfileGenericResponse Profile { get; private set; }

    public MessagingV2ChannelsSenderProperties Properties { get; private set; }

    public List<MessagingV2ChannelsSenderOfflineReasonsItems> OfflineReasons { get; private set; }

    public Uri Url { get; private set; }

    public static Task<ChannelsSenderResource> CreateAsync(CreateChannelsSenderOptions options, ITwilioRestClient client = null) =>
        Calls.PostJsonAsync<ChannelsSenderResource>(client, Domain.Messaging, "/v2/Channels/Senders", options.GetBody());

    public static Task<ChannelsSenderResource> FetchAsync(FetchChannelsSenderOptions options, ITwilioRestClient client = null) =>
        Calls.GetAsync<ChannelsSenderResource>(client, Domain.Messaging, $"/v2/Channels/Senders/{options.PathSid}");

    public static Task<ChannelsSenderResource> UpdateAsync(UpdateChannelsSenderOptions options, ITwilioRestClient client = null) =>
        Calls.PostJsonAsync<ChannelsSenderResource>(client, Domain.Messaging, $"/v2/Channels/Senders/{options.PathSid}", options.GetBody());

    public static Task<ResourceSet<ChannelsSenderResource>> ReadAsync(ReadChannelsSenderOptions options, ITwilioRestClient client = null) =>
        Calls.ReadAsync(client, Domain.Messaging, "/v2/Channels/Senders", "senders", options, options.GetParams());

    public static ChannelsSenderResource FromJson(string json) => TwilioJson.Read<ChannelsSenderResource>(json);

    public static string ToJson(object model) => TwilioJson.Write(model);
}
