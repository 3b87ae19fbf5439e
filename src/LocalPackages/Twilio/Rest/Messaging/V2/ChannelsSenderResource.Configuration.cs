namespace Twilio.Rest.Messaging.V2;

public partial class ChannelsSenderResource
{
    public class MessagingV2ChannelsSenderConfiguration
    {
        public string WabaId { get; private set; }

        public VerificationMethodEnum VerificationMethod { get; private set; }

        public string VerificationCode { get; private set; }

        public string VoiceApplicationSid { get; private set; }

        public AccountTypeEnum AccountType { get; private set; }

        public class Builder
        {
            private readonly MessagingV2ChannelsSenderConfiguration _built = new();

            public Builder WithWabaId(string wabaId)
            {
                _built.WabaId = wabaId;
                return this;
            }

            public Builder WithVerificationMethod(VerificationMethodEnum verificationMethod)
            {
                _built.VerificationMethod = verificationMethod;
                return this;
            }

            public Builder WithVerificationCode(string verificationCode)
            {
                _built.VerificationCode = verificationCode;
                return this;
            }

            public Builder WithVoiceApplicationSid(string voiceApplicationSid)
            {
                _built.VoiceApplicationSid = voiceApplicationSid;
                return this;
            }

            public Builder WithAccountType(AccountTypeEnum accountType)
            {
                _built.AccountType = accountType;
                return this;
            }

            public MessagingV2ChannelsSenderConfiguration Build() => _built;
        }
    }
}
