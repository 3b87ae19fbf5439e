using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PhoneNumbers;
using Relais.Kit;
using Relais.Platform;

namespace Functions.Tests.Platform;

public sealed class AddressKeyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("+5215512345678", "+525512345678")]
    [InlineData("+525512345678", "+525512345678")]
    [InlineData("+553187654321", "+5531987654321")]
    [InlineData("+553167654321", "+5531967654321")]
    [InlineData("+5531987654321", "+5531987654321")]
    [InlineData("+5491123456789", "+541123456789")]
    [InlineData("+54111523456789", "+541123456789")]
    [InlineData("+549111523456789", "+541123456789")]
    [InlineData("+54221154567890", "+542214567890")]
    [InlineData("+54290115456789", "+542901456789")]
    [InlineData("+22995123456", "+2290195123456")]
    [InlineData("+22507123456", "+2250707123456")]
    [InlineData("+22545123456", "+2250545123456")]
    [InlineData("+22541123456", "+2250141123456")]
    public void FieldTrial_F05_Spellings_of_one_number_have_one_key(string spelling, string key) =>
        Assert.Equal(key, AddressKey.From(spelling));

    [Theory]
    [InlineData("+551132109876")]
    [InlineData("+551152109876")]
    [InlineData("+5511987654321")]
    [InlineData("+5508001234567")]
    [InlineData("+5521987654")]
    [InlineData("+521551234567")]
    [InlineData("+52155123456789")]
    [InlineData("+5211123456789")]
    [InlineData("+5492012345")]
    [InlineData("+549911234567890")]
    [InlineData("+22981123456")]
    [InlineData("+22890112233")]
    [InlineData("+22520123456")]
    [InlineData("+22590123456")]
    [InlineData("+2252720123456")]
    [InlineData("+224620000001")]
    [InlineData("+33612345678")]
    [InlineData("MX.5215512345678")]
    [InlineData("5215512345678")]
    [InlineData("+5215512345678 ")]
    [InlineData("+5215512345678\n")]
    [InlineData("+52१5512345678")]
    [InlineData("erased:00000000:+5215512345678")]
    [InlineData("erased")]
    [InlineData("+")]
    [InlineData("+52")]
    [InlineData("+54")]
    [InlineData("+55")]
    [InlineData("+22")]
    [InlineData("")]
    public void FieldTrial_F05_Any_other_address_is_its_own_key(string address)
    {
        Assert.Equal(address, AddressKey.From(address));
        Assert.Equal(address, AddressKey.Spellings(address)[0]);
    }

    [Fact]
    public async Task FieldTrial_F05_The_database_gives_the_same_keys_and_spellings()
    {
        var addresses = Addresses.Sample(20_000, 20_000).Distinct().ToArray();

        var rows = await postgres.Database.OneAsync<string>("""
            select string_agg(
              address_key(a) || ' ' || array_to_string(
                array(select s from unnest(address_spellings(a)) s order by s collate "C"), ','),
              '|' order by n)
            from unnest(@addresses) with ordinality as t (a, n)
            """, new { addresses });

        Assert.Equal(
            addresses.Select(address =>
                $"{AddressKey.From(address)} {string.Join(',', AddressKey.Spellings(address).Order(StringComparer.Ordinal))}"),
            rows!.Split('|'));
        Assert.Contains(addresses, address => AddressKey.From(address) != address);
    }

    [Fact]
    public void FieldTrial_F05_A_key_is_its_own_key_and_has_all_its_spellings()
    {
        foreach (var address in Addresses.Sample(20_000, 20_000))
        {
            var key = AddressKey.From(address);
            Assert.Equal(key, AddressKey.From(key));
            Assert.Contains(address, AddressKey.Spellings(key));
            Assert.All(AddressKey.Spellings(key), spelling => Assert.Equal(key, AddressKey.From(spelling)));
            Assert.Equal(AddressKey.Spellings(key), AddressKey.Spellings(address));
        }
    }

    [Fact]
    public void FieldTrial_F05_Example_numbers_of_all_regions_have_distinct_keys()
    {
        var examples = ExampleNumbers();

        var shared = examples.GroupBy(AddressKey.From).Where(group => group.Count() > 1)
            .Select(group => string.Join(' ', group.Order(StringComparer.Ordinal)))
            .ToList();

        Assert.True(examples.Count > 1_000, $"{examples.Count} examples");
        // The mobile example of Argentina in the library is its landline example with a 9, so both share a key.
        Assert.Equal(["+541123456789 +5491123456789"], shared);
        Assert.Equal(["+5491123456789"], examples.Where(example => AddressKey.From(example) != example));
    }

    private static HashSet<string> ExampleNumbers()
    {
        var library = PhoneNumberUtil.GetInstance();
        var types = Enum.GetValues<PhoneNumberType>().Where(type => type != PhoneNumberType.UNKNOWN).ToList();
        return
        [
            .. library.GetSupportedRegions().SelectMany(region => types.Select(type => library.GetExampleNumberForType(region, type)))
                .OfType<PhoneNumbers.PhoneNumber>()
                .Concat(library.GetSupportedGlobalNetworkCallingCodes().Select(library.GetExampleNumberForNonGeoEntity))
                .Select(number => library.Format(number, PhoneNumberFormat.E164)),
        ];
    }

    /// <summary>
    /// Numbers near the rules: prefixes that a rule looks for, followed by digits of any length.
    /// </summary>
    private static Gen<string> Addresses => Gen.OneOf(
        Tail("+52", "+521", "+5215", "+52155", "+520"),
        Tail(
            "+54", "+549", "+5411", "+54911", "+541115", "+5491115", "+542", "+54221", "+5422115", "+54290115", "+549290115", "+54215",
            "+549215"),
        Tail("+55", "+5511", "+55119", "+55316", "+55315", "+5520", "+550"),
        Tail("+229", "+22901", "+2299", "+2298", "+225", "+22507", "+22505", "+22501", "+22545", "+22590", "+22520"),
        Tail("+2", "+224", "+1", "+33", "MX.52", "52", "erased", ""));

    private static Gen<string> Tail(params string[] prefixes) =>
        from prefix in Gen.Elements(prefixes)
        from length in Gen.Choose(0, 13)
        from digits in Gen.ArrayOf(Gen.Elements("0123456789".ToCharArray()), length)
        from suffix in Gen.Choose(0, 30)
        select new StringBuilder(prefix).Append(digits).Append(suffix == 0 ? " " : suffix == 1 ? "٣" : "").ToString();
}
