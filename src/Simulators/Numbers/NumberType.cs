namespace Relais.Simulators;

public enum NumberType
{
    Local,
    Mobile,
    TollFree,
}

/// <summary>Which address a number asks for, as Twilio names it.</summary>
internal enum AddressRequirement
{
    None,
    Any,
    Local,
    Foreign,
}

internal static class NumberTypes
{
    /// <summary>As it stands in the path of a search.</summary>
    public static NumberType? OfPath(string? text) => Enum.TryParse<NumberType>(text, out var type) && type.ToString() == text ? type : null;

    /// <summary>As regulations and bundles have it.</summary>
    public static string Wire(this NumberType type) => type switch { NumberType.TollFree => "toll-free", NumberType.Mobile => "mobile", _ => "local" };

    /// <summary>As the country's subresource_uris have it.</summary>
    public static string Key(this NumberType type) => type == NumberType.TollFree ? "toll_free" : type.Wire();

    public static string Wire(this AddressRequirement requirement) => requirement.ToString().ToLowerInvariant();
}
