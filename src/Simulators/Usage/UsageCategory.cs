namespace Relais.Simulators;

/// <summary>A category of usage records. A parent category sums up its children.</summary>
internal sealed record UsageCategory(string Name, string Description, string? Parent, string CountUnit, string UsageUnit)
{
    public const string TotalPrice = "totalprice";

    public static IReadOnlyList<UsageCategory> All { get; } =
    [
        new(TotalPrice, "Total Price", null, "", "usd"),
        new("sms", "SMS", TotalPrice, "messages", "segments"),
        new("sms-inbound", "Inbound SMS", "sms", "messages", "segments"),
        new("sms-inbound-longcode", "Inbound SMS Long Codes", "sms-inbound", "messages", "segments"),
        new("sms-inbound-tollfree", "Inbound SMS Toll-free", "sms-inbound", "messages", "segments"),
        new("sms-outbound", "Outbound SMS", "sms", "messages", "segments"),
        new("sms-outbound-longcode", "Outbound SMS Long Codes", "sms-outbound", "messages", "segments"),
        new("sms-outbound-tollfree", "Outbound SMS Toll-free", "sms-outbound", "messages", "segments"),
        new("channels", "Channels", TotalPrice, "messages", "messages"),
        new("channels-whatsapp", "WhatsApp", "channels", "messages", "messages"),
        new("channels-whatsapp-inbound", "WhatsApp Inbound", "channels-whatsapp", "messages", "messages"),
        new("channels-whatsapp-outbound", "WhatsApp Outbound", "channels-whatsapp", "messages", "messages"),
        new("phonenumbers", "Phone Numbers", TotalPrice, "numbers", "numbers"),
        new("phonenumbers-local", "Local Phone Numbers", "phonenumbers", "numbers", "numbers"),
        new("phonenumbers-mobile", "Mobile Phone Numbers", "phonenumbers", "numbers", "numbers"),
        new("phonenumbers-tollfree", "Toll-free Phone Numbers", "phonenumbers", "numbers", "numbers"),
    ];

    private static readonly Dictionary<string, UsageCategory> ByName =
        All.ToDictionary(category => category.Name, StringComparer.Ordinal);

    public static UsageCategory? Named(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Whether usage that is recorded under the given leaf category counts in this category too.</summary>
    public bool Holds(string leaf)
    {
        for (var name = (string?)leaf; name is not null; name = ByName[name].Parent)
        {
            if (name == Name)
            {
                return true;
            }
        }

        return false;
    }
}
