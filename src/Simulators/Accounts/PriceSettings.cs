namespace Relais.Simulators;

/// <summary>What things cost, in US dollars.</summary>
public sealed record PriceSettings
{
    /// <summary>A segment.</summary>
    public decimal SmsOutbound { get; init; } = 0.0083m;

    /// <summary>A segment.</summary>
    public decimal SmsInbound { get; init; } = 0.0083m;

    /// <summary>A message, either way.</summary>
    public decimal WhatsApp { get; init; } = 0.005m;

    /// <summary>A month, all of it when bought.</summary>
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
