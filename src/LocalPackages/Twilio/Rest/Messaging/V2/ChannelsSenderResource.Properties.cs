namespace Twilio.Rest.Messaging.V2;

public partial class ChannelsSenderResource
{
    public class MessagingV2ChannelsSenderProperties
    {
        public string QualityRating { get; private set; }

        public string MessagingLimit { get; private set; }
    }

    public class MessagingV2ChannelsSenderOfflineReasonsItems
    {
        public string Code { get; private set; }

        public string Message { get; private set; }

        public Uri MoreInfo { get; private set; }
    }
}
