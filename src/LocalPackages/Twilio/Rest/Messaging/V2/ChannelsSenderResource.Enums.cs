using Twilio.Types;

namespace Twilio.Rest.Messaging.V2;

public partial class ChannelsSenderResource
{
    public sealed class VerificationMethodEnum : StringEnum
    {
        public static readonly VerificationMethodEnum Sms = new("sms");
        public static readonly VerificationMethodEnum Voice = new("voice");

        private VerificationMethodEnum(string value) : base(value) { }

        public VerificationMethodEnum() { }

        public static implicit operator VerificationMethodEnum(string value) => new(value);
    }

    public sealed class StatusEnum : StringEnum
    {
        public static readonly StatusEnum Creating = new("CREATING");
        public static readonly StatusEnum Online = new("ONLINE");
        public static readonly StatusEnum Offline = new("OFFLINE");
        public static readonly StatusEnum PendingVerification = new("PENDING_VERIFICATION");
        public static readonly StatusEnum Verifying = new("VERIFYING");
        public static readonly StatusEnum OnlineUpdating = new("ONLINE:UPDATING");
        public static readonly StatusEnum TwilioReview = new("TWILIO_REVIEW");
        public static readonly StatusEnum Draft = new("DRAFT");
        public static readonly StatusEnum Stubbed = new("STUBBED");

        private StatusEnum(string value) : base(value) { }

        public StatusEnum() { }

        public static implicit operator StatusEnum(string value) => new(value);
    }

    public sealed class FallbackMethodEnum : StringEnum
    {
        public static readonly FallbackMethodEnum Post = new("POST");
        public static readonly FallbackMethodEnum Put = new("PUT");

        private FallbackMethodEnum(string value) : base(value) { }

        public FallbackMethodEnum() { }

        public static implicit operator FallbackMethodEnum(string value) => new(value);
    }

    public sealed class CallbackMethodEnum : StringEnum
    {
        public static readonly CallbackMethodEnum Post = new("POST");
        public static readonly CallbackMethodEnum Put = new("PUT");

        private CallbackMethodEnum(string value) : base(value) { }

        public CallbackMethodEnum() { }

        public static implicit operator CallbackMethodEnum(string value) => new(value);
    }

    public sealed class UseCaseEnum : StringEnum
    {
        public static readonly UseCaseEnum Promotional = new("PROMOTIONAL");
        public static readonly UseCaseEnum Transactional = new("TRANSACTIONAL");
        public static readonly UseCaseEnum Otp = new("OTP");
        public static readonly UseCaseEnum MultiUse = new("MULTI_USE");

        private UseCaseEnum(string value) : base(value) { }

        public UseCaseEnum() { }

        public static implicit operator UseCaseEnum(string value) => new(value);
    }

    public sealed class AccountTypeEnum : StringEnum
    {
        public static readonly AccountTypeEnum Isv = new("ISV");
        public static readonly AccountTypeEnum Isvsubaccount = new("ISVSubAccount");

        private AccountTypeEnum(string value) : base(value) { }

        public AccountTypeEnum() { }

        public static implicit operator AccountTypeEnum(string value) => new(value);
    }
}
