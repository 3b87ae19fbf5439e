using Twilio.Types;

namespace Twilio.Rest;

public sealed class Domain : StringEnum
{
    public static readonly Domain Api = new("api");
    public static readonly Domain Content = new("content");
    public static readonly Domain Messaging = new("messaging");
    public static readonly Domain Numbers = new("numbers");
    public static readonly Domain Pricing = new("pricing");

    private Domain(string value) : base(value) { }

    public Domain() { }

    public static implicit operator Domain(string value) => new(value);
}
