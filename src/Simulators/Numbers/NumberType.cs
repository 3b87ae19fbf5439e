namespace Relais.Simulators;

/// <summary>The types of numbers that Twilio sells.</summary>
public enum NumberType
{
    Local,
    Mobile,
    TollFree,
}

/// <summary>The address that the buyer of a number must have, as Twilio names it.</summary>
internal enum AddressRequirement
{
    None,
    Any,
    Local,
    Foreign,
}

/// <summary>The names of number types and address requirements in the API.</summary>
internal static class NumberTypes
{
    /// <summary>Reads a type from the path of a search ("TollFree"); null when there is no such type.</summary>
    public static NumberType? OfPath(string? text) =>
        Enum.TryParse<NumberType>(text, out var type) && type.ToString() == text ? type : null;

    /// <summary>The type as regulations and bundles write it: "toll-free".</summary>
    public static string Wire(this NumberType type) => type switch
    {
        NumberType.TollFree => "toll-free",
        NumberType.Mobile => "mobile",
        _ => "local",
    };

    /// <summary>The type as the subresource_uris of a country write it: "toll_free".</summary>
    public static string Key(this NumberType type) => type == NumberType.TollFree ? "toll_free" : type.Wire();

    /// <summary>The requirement as the API writes it: "local".</summary>
    public static string Wire(this AddressRequirement requirement) => requirement.ToString().ToLowerInvariant();
}
