namespace Relais.Simulators;

/// <summary>The numbers for sale by country, and the requirements for a buyer.</summary>
internal static class NumbersForSale
{
    public static IReadOnlyDictionary<string, string> Countries { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["BE"] = "Belgium",
        ["CA"] = "Canada",
        ["FR"] = "France",
        ["GB"] = "United Kingdom",
        ["US"] = "United States",
    };

    public static IReadOnlyList<NumberBlock> Blocks { get; } =
    [
        Canada("418", "Québec", "QC", "G1R", 46.81m, -71.21m),
        Canada("581", "Québec", "QC", "G1K", 46.81m, -71.22m),
        Canada("514", "Montréal", "QC", "H2X", 45.51m, -73.57m),
        Canada("438", "Montréal", "QC", "H3B", 45.50m, -73.57m),
        Canada("450", "Laval", "QC", "H7N", 45.56m, -73.72m),
        Canada("819", "Gatineau", "QC", "J8X", 45.43m, -75.71m),
        Canada("416", "Toronto", "ON", "M5H", 43.65m, -79.38m),
        Canada("613", "Ottawa", "ON", "K1P", 45.42m, -75.70m),
        Canada("604", "Vancouver", "BC", "V6B", 49.28m, -123.12m),
        UnitedStates("212", "New York", "NY", "10001", 40.75m, -74.00m),
        UnitedStates("415", "San Francisco", "CA", "94103", 37.77m, -122.41m),
        UnitedStates("305", "Miami", "FL", "33128", 25.78m, -80.20m),
        UnitedStates("500", "Test", "XX", "00000", 0, 0),
        TollFree("US", "833"),
        TollFree("US", "844"),
        TollFree("CA", "855"),
        TollFree("CA", "866"),
        new("FR", NumberType.Local, "+331", 12, "Paris", "Île-de-France")
        {
            PostalCode = "75001",
            Address = AddressRequirement.Local,
            NeedsBundle = true,
        },
        new("FR", NumberType.Local, "+334", 12, "Lyon", "Auvergne-Rhône-Alpes")
        {
            PostalCode = "69001",
            Address = AddressRequirement.Local,
            NeedsBundle = true,
        },
        new("FR", NumberType.Mobile, "+33644", 12) { Address = AddressRequirement.Any, NeedsBundle = true },
        new("GB", NumberType.Local, "+4420", 13, "London", "England") { PostalCode = "EC1A", Address = AddressRequirement.Any },
        new("GB", NumberType.Mobile, "+447700", 13) { Address = AddressRequirement.Any, NeedsBundle = true },
        new("GB", NumberType.TollFree, "+44808", 13),
        new("BE", NumberType.Local, "+322", 11, "Bruxelles", "Bruxelles-Capitale")
        {
            PostalCode = "1000",
            Address = AddressRequirement.Local,
        },
        new("BE", NumberType.Mobile, "+32460", 12) { Address = AddressRequirement.Any, NeedsIdentity = true },
    ];

    public static IReadOnlyList<NumberBlock> Of(string? country, NumberType? type) =>
        [.. Blocks.Where(block => block.Country == country && block.Type == type)];

    /// <summary>Finds the block of a number, for sale or not; null when the number belongs to no block.</summary>
    public static NumberBlock? BlockOf(string number) =>
        Blocks.Where(block => block.Holds(number)).MaxBy(block => block.Prefix.Length);

    /// <summary>Finds the block that sells the number; null when the number is not for sale.</summary>
    public static NumberBlock? FindBlockForSale(string number) =>
        BlockOf(number) is { } block && block.Numbers().Contains(number, StringComparer.Ordinal) ? block : null;

    private static NumberBlock Canada(
        string areaCode, string locality, string region, string postalCode, decimal latitude, decimal longitude) =>
        new("CA", NumberType.Local, "+1" + areaCode, 12, locality, region)
        {
            PostalCode = postalCode,
            Latitude = latitude,
            Longitude = longitude,
        };

    private static NumberBlock UnitedStates(
        string areaCode, string locality, string region, string postalCode, decimal latitude, decimal longitude) =>
        new("US", NumberType.Local, "+1" + areaCode, 12, locality, region)
        {
            PostalCode = postalCode,
            Latitude = latitude,
            Longitude = longitude,
            Mms = true,
        };

    private static NumberBlock TollFree(string country, string areaCode) =>
        new(country, NumberType.TollFree, "+1" + areaCode, 12) { Mms = true };
}
