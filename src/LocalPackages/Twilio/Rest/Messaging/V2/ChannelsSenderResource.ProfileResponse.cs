namespace Twilio.Rest.Messaging.V2;

public partial class ChannelsSenderResource
{
    public class MessagingV2ChannelsSenderProfileGenericResponse
    {
        public string Name { get; private set; }

        public string About { get; private set; }

        public string Address { get; private set; }

        public string Description { get; private set; }

        public string LogoUrl { get; private set; }

        public string BannerUrl { get; private set; }

        public string PrivacyUrl { get; private set; }

        public string TermsOfServiceUrl { get; private set; }

        public string AccentColor { get; private set; }

        public UseCaseEnum UseCase { get; private set; }

        public string Vertical { get; private set; }

        public List<MessagingV2ChannelsSenderProfileGenericResponseWebsites> Websites { get; private set; }

        public List<MessagingV2ChannelsSenderProfileGenericResponseEmails> Emails { get; private set; }

        public List<MessagingV2ChannelsSenderProfileGenericResponsePhoneNumbers> PhoneNumbers { get; private set; }
    }

    public class MessagingV2ChannelsSenderProfileGenericResponseWebsites
    {
        public string Website { get; private set; }

        public string Label { get; private set; }

        public class Builder
        {
            private readonly MessagingV2ChannelsSenderProfileGenericResponseWebsites _built = new();

            public Builder WithWebsite(string website)
            {
                _built.Website = website;
                return this;
            }

            public Builder WithLabel(string label)
            {
                _built.Label = label;
                return this;
            }

            public MessagingV2ChannelsSenderProfileGenericResponseWebsites Build() => _built;
        }
    }

    public class MessagingV2ChannelsSenderProfileGenericResponseEmails
    {
        public string Email { get; private set; }

        public string Label { get; private set; }

        public class Builder
        {
            private readonly MessagingV2ChannelsSenderProfileGenericResponseEmails _built = new();

            public Builder WithEmail(string email)
            {
                _built.Email = email;
                return this;
            }

            public Builder WithLabel(string label)
            {
                _built.Label = label;
                return this;
            }

            public MessagingV2ChannelsSenderProfileGenericResponseEmails Build() => _built;
        }
    }

    public class MessagingV2ChannelsSenderProfileGenericResponsePhoneNumbers
    {
        public string PhoneNumber { get; private set; }

        public string Label { get; private set; }

        public class Builder
        {
            private readonly MessagingV2ChannelsSenderProfileGenericResponsePhoneNumbers _built = new();

            public Builder WithPhoneNumber(string phoneNumber)
            {
                _built.PhoneNumber = phoneNumber;
                return this;
            }

            public Builder WithLabel(string label)
            {
                _built.Label = label;
                return this;
            }

            public MessagingV2ChannelsSenderProfileGenericResponsePhoneNumbers Build() => _built;
        }
    }
}
