using Relais.Platform;

namespace Relais.Numbers.Offers;

/// <summary>The kinds of numbers that are sold, and which a given number may be. Pure.</summary>
internal static class NumberTypes
{
    public const string Local = "local";
    public const string Mobile = "mobile";
    public const string TollFree = "toll_free";

    public static readonly string[] All = [Local, Mobile, TollFree];

    /// <summary>As it is written here; what is no type in any spelling stays as it is. Null: left out.</summary>
    public static string? Normalise(string? text) => text?.ToLowerInvariant() switch
    {
        null or "" => null,
        Local => Local,
        Mobile => Mobile,
        TollFree or "tollfree" or "toll-free" => TollFree,
        _ => text,
    };

    /// <summary>The item of the price table.</summary>
    public static string PriceItem(string type) => $"number-{type.Replace('_', '-')}";

    /// <summary>Where a number is to be looked for, most likely place first; several countries share the North American toll-free codes.</summary>
    public static IReadOnlyList<(string Country, string Type)> SearchPlaces(string number)
    {
        if (CallingCodes.IsNorthAmericanTollFree(number))
        {
            return [("US", TollFree), ("CA", TollFree)];
        }

        return CallingCodes.FindCountry(number) switch
        {
            null => [],
            // no mobile numbers of their own
            var country and ("US" or "CA" or "PR") => [(country, Local)],
            var country => [(country, Local), (country, Mobile), (country, TollFree)],
        };
    }
}
