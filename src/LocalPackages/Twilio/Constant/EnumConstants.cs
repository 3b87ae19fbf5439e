using Twilio.Types;

namespace Twilio.Constant;

public class EnumConstants
{
    public sealed class ContentTypeEnum : StringEnum
    {
        public static readonly ContentTypeEnum JSON = new("application/json");
        public static readonly ContentTypeEnum SCIM = new("application/scim");
        public static readonly ContentTypeEnum FORM_URLENCODED = new("application/x-www-form-urlencoded");

        private ContentTypeEnum(string value) : base(value) { }
    }
}
