namespace Relais.Numbers.Offers;

/// <summary>The types of numbers for sale. Pure.</summary>
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
}
