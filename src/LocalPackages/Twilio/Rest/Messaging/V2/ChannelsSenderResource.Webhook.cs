namespace Twilio.Rest.Messaging.V2;

public partial class ChannelsSenderResource
{
    public class MessagingV2ChannelsSenderWebhook
    {
        public string CallbackUrl { get; private set; }

        public CallbackMethodEnum CallbackMethod { get; private set; }

        public string FallbackUrl { get; private set; }

        public FallbackMethodEnum FallbackMethod { get; private set; }

        public string StatusCallbackUrl { get; private set; }

        public string StatusCallbackMethod { get; private set; }

        public class Builder
        {
            private readonly MessagingV2ChannelsSenderWebhook _built = new();

            public Builder WithCallbackUrl(string callbackUrl)
            {
                _built.CallbackUrl = callbackUrl;
                return this;
            }

            public Builder WithCallbackMethod(CallbackMethodEnum callbackMethod)
            {
                _built.CallbackMethod = callbackMethod;
                return this;
            }

            public Builder WithFallbackUrl(string fallbackUrl)
            {
                _built.FallbackUrl = fallbackUrl;
                return this;
            }

            public Builder WithFallbackMethod(FallbackMethodEnum fallbackMethod)
            {
                _built.FallbackMethod = fallbackMethod;
                return this;
            }

            public Builder WithStatusCallbackUrl(string statusCallbackUrl)
            {
                _built.StatusCallbackUrl = statusCallbackUrl;
                return this;
            }

            public Builder WithStatusCallbackMethod(string statusCallbackMethod)
            {
                _built.StatusCallbackMethod = statusCallbackMethod;
                return this;
            }

            public MessagingV2ChannelsSenderWebhook Build() => _built;
        }
    }
}
