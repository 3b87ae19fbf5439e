namespace Twilio.Rest.Messaging.V2;

public partial class ChannelsSenderResource
{
    public class MessagingV2ChannelsSenderRequestsCreate
    {
        public string SenderId { get; private set; }

        public MessagingV2ChannelsSenderConfiguration Configuration { get; private set; }

        public MessagingV2ChannelsSenderWebhook Webhook { get; private set; }

        public MessagingV2ChannelsSenderProfile Profile { get; private set; }

        public class Builder
        {
            private readonly MessagingV2ChannelsSenderRequestsCreate _built = new();

            public Builder WithSenderId(string senderId)
            {
                _built.SenderId = senderId;
                return this;
            }

            public Builder WithConfiguration(MessagingV2ChannelsSenderConfiguration configuration)
            {
                _built.Configuration = configuration;
                return this;
            }

            public Builder WithWebhook(MessagingV2ChannelsSenderWebhook webhook)
            {
                _built.Webhook = webhook;
                return this;
            }

            public Builder WithProfile(MessagingV2ChannelsSenderProfile profile)
            {
                _built.Profile = profile;
                return this;
            }

            public MessagingV2ChannelsSenderRequestsCreate Build() => _built;
        }
    }

    public class MessagingV2ChannelsSenderRequestsUpdate
    {
        public MessagingV2ChannelsSenderConfiguration Configuration { get; private set; }

        public MessagingV2ChannelsSenderWebhook Webhook { get; private set; }

        public MessagingV2ChannelsSenderProfile Profile { get; private set; }

        public class Builder
        {
            private readonly MessagingV2ChannelsSenderRequestsUpdate _built = new();

            public Builder WithConfiguration(MessagingV2ChannelsSenderConfiguration configuration)
            {
                _built.Configuration = configuration;
                return this;
            }

            public Builder WithWebhook(MessagingV2ChannelsSenderWebhook webhook)
            {
                _built.Webhook = webhook;
                return this;
            }

            public Builder WithProfile(MessagingV2ChannelsSenderProfile profile)
            {
                _built.Profile = profile;
                return this;
            }

            public MessagingV2ChannelsSenderRequestsUpdate Build() => _built;
        }
    }
}
