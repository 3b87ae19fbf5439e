using Twilio.Base;

namespace Twilio.Rest.Messaging.V2;

public class FetchChannelsSenderOptions(string pathSid) : IOptions<ChannelsSenderResource>
{
    public string PathSid { get; } = pathSid;
}

public class ReadChannelsSenderOptions(string channel) : ReadOptions<ChannelsSenderResource>
{
    public string Channel { get; } = channel;

    public List<KeyValuePair<string, string>> GetParams() => new Params()
        .Add("Channel", Channel)
        .Add("PageSize", PageSize);
}

public class CreateChannelsSenderOptions(ChannelsSenderResource.MessagingV2ChannelsSenderRequestsCreate messagingV2ChannelsSenderRequestsCreate) : IOptions<ChannelsSenderResource>
{
    public ChannelsSenderResource.MessagingV2ChannelsSenderRequestsCreate MessagingV2ChannelsSenderRequestsCreate { get; } = messagingV2ChannelsSenderRequestsCreate;

    public string GetBody() => MessagingV2ChannelsSenderRequestsCreate is { } model ? ChannelsSenderResource.ToJson(model) : "";
}

public class UpdateChannelsSenderOptions(string pathSid) : IOptions<ChannelsSenderResource>
{
    public string PathSid { get; } = pathSid;

    public ChannelsSenderResource.MessagingV2ChannelsSenderRequestsUpdate MessagingV2ChannelsSenderRequestsUpdate { get; set; }

    public string GetBody() => MessagingV2ChannelsSenderRequestsUpdate is { } model ? ChannelsSenderResource.ToJson(model) : "";
}
