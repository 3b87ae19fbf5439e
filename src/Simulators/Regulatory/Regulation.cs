using System.Globalization;

namespace Relais.Simulators;

/// <summary>The requirements of a country for the buyer of a type of number.</summary>
/// <param name="EndUserType">business or individual</param>
internal sealed record Regulation(string Country, NumberType Type, string EndUserType)
{
    /// <summary>Two regulations, for businesses and for individuals, for each type of number that needs a bundle or an identity.</summary>
    public static IReadOnlyList<Regulation> All { get; } =
    [
        .. from numberType in NumbersForSale.Blocks.Where(block => block.NeedsBundle || block.NeedsIdentity)
               .Select(block => (block.Country, block.Type))
               .Distinct()
           from endUserType in new[] { "business", "individual" }
           select new Regulation(numberType.Country, numberType.Type, endUserType),
    ];

    public string Sid => SidOf(Country, Type, EndUserType);

    public object Json => new
    {
        sid = Sid,
        friendly_name = $"{NumbersForSale.Countries[Country]}: {Type} - {CultureInfo.InvariantCulture.TextInfo.ToTitleCase(EndUserType)}",
        iso_country = Country,
        number_type = Type.Wire(),
        end_user_type = EndUserType,
        requirements = new
        {
            end_user = new[]
            {
                new
                {
                    name = EndUserType,
                    type = EndUserType,
                    fields = new[] { EndUserType == "business" ? "business_name" : "first_name" },
                },
            },
            supporting_document = new[]
            {
                new[]
                {
                    new
                    {
                        name = "Address",
                        type = "document",
                        requirement_name = "proof_of_address",
                        accepted_documents = new[] { new { name = "Utility bill", type = "utility_bill" } },
                    },
                },
            },
        },
        url = $"https://numbers.twilio.com/v2/RegulatoryCompliance/Regulations/{Sid}",
    };

    public static string SidOf(string country, NumberType type, string endUserType) =>
        $"RN{(ulong)(SeededRandom.Roll(0, $"{country} {type} {endUserType}", "regulation") * (1UL << 53)):x32}";
}
