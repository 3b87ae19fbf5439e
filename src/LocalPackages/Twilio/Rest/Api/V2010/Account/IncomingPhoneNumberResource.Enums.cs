using Twilio.Types;

namespace Twilio.Rest.Api.V2010.Account;

public partial class IncomingPhoneNumberResource
{
    public sealed class EmergencyStatusEnum : StringEnum
    {
        public static readonly EmergencyStatusEnum Active = new("Active");
        public static readonly EmergencyStatusEnum Inactive = new("Inactive");

        private EmergencyStatusEnum(string value) : base(value) { }

        public EmergencyStatusEnum() { }

        public static implicit operator EmergencyStatusEnum(string value) => new(value);
    }

    public sealed class EmergencyAddressStatusEnum : StringEnum
    {
        public static readonly EmergencyAddressStatusEnum Registered = new("registered");
        public static readonly EmergencyAddressStatusEnum Unregistered = new("unregistered");
        public static readonly EmergencyAddressStatusEnum PendingRegistration = new("pending-registration");
        public static readonly EmergencyAddressStatusEnum RegistrationFailure = new("registration-failure");
        public static readonly EmergencyAddressStatusEnum PendingUnregistration = new("pending-unregistration");
        public static readonly EmergencyAddressStatusEnum UnregistrationFailure = new("unregistration-failure");

        private EmergencyAddressStatusEnum(string value) : base(value) { }

        public EmergencyAddressStatusEnum() { }

        public static implicit operator EmergencyAddressStatusEnum(string value) => new(value);
    }

    public sealed class VoiceReceiveModeEnum : StringEnum
    {
        public static readonly VoiceReceiveModeEnum Voice = new("voice");
        public static readonly VoiceReceiveModeEnum Fax = new("fax");

        private VoiceReceiveModeEnum(string value) : base(value) { }

        public VoiceReceiveModeEnum() { }

        public static implicit operator VoiceReceiveModeEnum(string value) => new(value);
    }

    public sealed class AddressRequirementEnum : StringEnum
    {
        public static readonly AddressRequirementEnum None = new("none");
        public static readonly AddressRequirementEnum Any = new("any");
        public static readonly AddressRequirementEnum Local = new("local");
        public static readonly AddressRequirementEnum Foreign = new("foreign");

        private AddressRequirementEnum(string value) : base(value) { }

        public AddressRequirementEnum() { }

        public static implicit operator AddressRequirementEnum(string value) => new(value);
    }
}
