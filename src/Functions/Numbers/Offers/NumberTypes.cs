using Relais.Platform;

namespace Relais.Numbers.Offers;

/// <summary>The types of numbers for sale, and the countries and types that a given number may belong to. Pure.</summary>
internal static class NumberTypes
{
    public const string Local = "local";
    public const string Mobile = "mobile";
    public const string TollFree = "toll_free";

    public static readonly string[] All = [Local, Mobile, TollFree];

    /// <summary>Converts the accepted spellings of a type to the constants of this class.</summary>
    /// <returns>Any other text is returned unchanged; null: no text was given.</returns>
    public static string? Normalise(string? text) => text?.ToLowerInvariant() switch
    {
        null or "" => null,
        Local => Local,
        Mobile => Mobile,
        TollFree or "tollfree" or "toll-free" => TollFree,
        _ => text,
    };

    /// <summary>The item of this type in the price list.</summary>
    public static string GetPriceItem(string type) => $"number-{type.Replace('_', '-')}";

    /// <summary>
    /// The countries and types to search for a number, the most likely first. Several countries share the North American toll-free codes.
    /// </summary>
    public static IReadOnlyList<(string Country, string Type)> CountriesAndTypes(string number)
    {
        if (CallingCodes.IsNorthAmericanTollFree(number))
        {
            return [("US", TollFree), ("CA", TollFree)];
        }

        return CallingCodes.FindCountry(number) switch
        {
            null => [],
            // The provider sells no separate mobile numbers in these countries.
            var country and ("US" or "CA" or "PR") => [(country, Local)],
            var country => [(country, Local), (country, Mobile), (country, TollFree)],
        };
    }
}
