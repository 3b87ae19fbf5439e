namespace Twilio.Rest.Messaging.V2;

public partial class ChannelsSenderResource
{
    public class MessagingV2ChannelsSenderProfile
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

        public object Websites { get; private set; }

        public object Emails { get; private set; }

        public object PhoneNumbers { get; private set; }

        public class Builder
        {
            private readonly MessagingV2ChannelsSenderProfile _built = new();

            public Builder WithName(string name)
            {
                _built.Name = name;
                return this;
            }

            public Builder WithAbout(string about)
            {
                _built.About = about;
                return this;
            }

            public Builder WithAddress(string address)
            {
                _built.Address = address;
                return this;
            }

            public Builder WithDescription(string description)
            {
                _built.Description = description;
                return this;
            }

            public Builder WithLogoUrl(string logoUrl)
            {
                _built.LogoUrl = logoUrl;
                return this;
            }

            public Builder WithBannerUrl(string bannerUrl)
            {
                _built.BannerUrl = bannerUrl;
                return this;
            }

            public Builder WithPrivacyUrl(string privacyUrl)
            {
                _built.PrivacyUrl = privacyUrl;
                return this;
            }

            public Builder WithTermsOfServiceUrl(string termsOfServiceUrl)
            {
                _built.TermsOfServiceUrl = termsOfServiceUrl;
                return this;
            }

            public Builder WithAccentColor(string accentColor)
            {
                _built.AccentColor = accentColor;
                return this;
            }

            public Builder WithUseCase(UseCaseEnum useCase)
            {
                _built.UseCase = useCase;
                return this;
            }

            public Builder WithVertical(string vertical)
            {
                _built.Vertical = vertical;
                return this;
            }

            public Builder WithWebsites(object websites)
            {
                _built.Websites = websites;
                return this;
            }

            public Builder WithEmails(object emails)
            {
                _built.Emails = emails;
                return this;
            }

            public Builder WithPhoneNumbers(object phoneNumbers)
            {
                _built.PhoneNumbers = phoneNumbers;
                return this;
            }

            public MessagingV2ChannelsSenderProfile Build() => _built;
        }
    }
}
