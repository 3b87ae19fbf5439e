namespace Relais.Simulators;

/// <summary>Prices in US dollars.</summary>
public sealed record PriceSettings
{
    /// <summary>Price of a segment of an outbound SMS.</summary>
    public decimal SmsOutbound { get; init; } = 0.0083m;

    /// <summary>Price of a segment of an inbound SMS.</summary>
    public decimal SmsInbound { get; init; } = 0.0083m;

    /// <summary>Price of an inbound or outbound WhatsApp message.</summary>
    public decimal WhatsApp { get; init; } = 0.005m;

    /// <summary>Price of a local number per month, charged in full at the purchase.</summary>
    public decimal LocalNumber { get; init; } = 1.15m;

    public decimal MobileNumber { get; init; } = 1.15m;

    public decimal TollFreeNumber { get; init; } = 2.15m;

    internal decimal Number(NumberType type) => type switch
    {
        NumberType.TollFree => TollFreeNumber,
        NumberType.Mobile => MobileNumber,
        _ => LocalNumber,
    };
}
