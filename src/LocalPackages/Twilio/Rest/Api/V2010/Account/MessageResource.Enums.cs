using Twilio.Types;

namespace Twilio.Rest.Api.V2010.Account;

public partial class MessageResource
{
    public sealed class StatusEnum : StringEnum
    {
        public static readonly StatusEnum Queued = new("queued");
        public static readonly StatusEnum Sending = new("sending");
        public static readonly StatusEnum Sent = new("sent");
        public static readonly StatusEnum Failed = new("failed");
        public static readonly StatusEnum Delivered = new("delivered");
        public static readonly StatusEnum Undelivered = new("undelivered");
        public static readonly StatusEnum Receiving = new("receiving");
        public static readonly StatusEnum Received = new("received");
        public static readonly StatusEnum Accepted = new("accepted");
        public static readonly StatusEnum Scheduled = new("scheduled");
        public static readonly StatusEnum Read = new("read");
        public static readonly StatusEnum PartiallyDelivered = new("partially_delivered");
        public static readonly StatusEnum Canceled = new("canceled");

        private StatusEnum(string value) : base(value) { }

        public StatusEnum() { }

        public static implicit operator StatusEnum(string value) => new(value);
    }

    public sealed class DirectionEnum : StringEnum
    {
        public static readonly DirectionEnum Inbound = new("inbound");
        public static readonly DirectionEnum OutboundApi = new("outbound-api");
        public static readonly DirectionEnum OutboundCall = new("outbound-call");
        public static readonly DirectionEnum OutboundReply = new("outbound-reply");

        private DirectionEnum(string value) : base(value) { }

        public DirectionEnum() { }

        public static implicit operator DirectionEnum(string value) => new(value);
    }

    public sealed class UpdateStatusEnum : StringEnum
    {
        public static readonly UpdateStatusEnum Canceled = new("canceled");

        private UpdateStatusEnum(string value) : base(value) { }

        public UpdateStatusEnum() { }

        public static implicit operator UpdateStatusEnum(string value) => new(value);
    }

    public sealed class ContentRetentionEnum : StringEnum
    {
        public static readonly ContentRetentionEnum Retain = new("retain");
        public static readonly ContentRetentionEnum Discard = new("discard");

        private ContentRetentionEnum(string value) : base(value) { }

        public ContentRetentionEnum() { }

        public static implicit operator ContentRetentionEnum(string value) => new(value);
    }

    public sealed class AddressRetentionEnum : StringEnum
    {
        public static readonly AddressRetentionEnum Retain = new("retain");
        public static readonly AddressRetentionEnum Obfuscate = new("obfuscate");

        private AddressRetentionEnum(string value) : base(value) { }

        public AddressRetentionEnum() { }

        public static implicit operator AddressRetentionEnum(string value) => new(value);
    }

    public sealed class ScheduleTypeEnum : StringEnum
    {
        public static readonly ScheduleTypeEnum Fixed = new("fixed");

        private ScheduleTypeEnum(string value) : base(value) { }

        public ScheduleTypeEnum() { }

        public static implicit operator ScheduleTypeEnum(string value) => new(value);
    }

    public sealed class RiskCheckEnum : StringEnum
    {
        public static readonly RiskCheckEnum Enable = new("enable");
        public static readonly RiskCheckEnum Disable = new("disable");

        private RiskCheckEnum(string value) : base(value) { }

        public RiskCheckEnum() { }

        public static implicit operator RiskCheckEnum(string value) => new(value);
    }

    public sealed class TrafficTypeEnum : StringEnum
    {
        public static readonly TrafficTypeEnum Free = new("free");

        private TrafficTypeEnum(string value) : base(value) { }

        public TrafficTypeEnum() { }

        public static implicit operator TrafficTypeEnum(string value) => new(value);
    }
}
