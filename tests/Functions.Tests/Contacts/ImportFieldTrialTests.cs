using System.Text;
using Functions.Tests.Campaigns;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Platform;

namespace Functions.Tests.Contacts;

/// <summary>Runs files that users have sent through the whole import.</summary>
public sealed class ImportFieldTrialTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task FieldTrial_F08_An_unclosed_quote_is_reported_and_nothing_is_stored()
    {
        var (failure, phones) = await ImportAsync("phone;nom\n620000001;Awa\n620000002;\"Binta\n620000003;Fanta\n");

        Assert.Equal(["line 3"], failure!.Faults!.Keys);
        Assert.Empty(phones);
    }

    [Fact]
    public async Task FieldTrial_F08_A_line_break_in_a_name_refuses_its_row_only()
    {
        var (_, phones) = await ImportAsync("phone;nom\n620000001;\"Awa\nDiallo\"\n620000003;Fanta\n");

        Assert.Equal(["+224620000003"], phones);
    }

    [Theory]
    [InlineData("DE", "4915123456789", "+4915123456789")]
    [InlineData("BE", "41234567.0", null)]
    [InlineData("FR", "0692 12 34 56", "+262692123456")]
    [InlineData("FR", "0690 20 12 34", "+590690201234")]
    [InlineData("GN", "(+224) 620 10 00 58", "+224620100058")]
    [InlineData("GN", "(00224) 620 10 00 58", "+224620100058")]
    [InlineData("GN", "+234 0803 123 4567", "+2348031234567")]
    [InlineData("NG", "0803 123 4567", "+2348031234567")]
    public async Task FieldTrial_F09_A_number_is_imported_correctly_or_refused(string country, string text, string? phone) =>
        Assert.Equal(phone, (await ImportAsync($"phone;nom\n{text};A\n", country)).Phones.SingleOrDefault());

    [Theory]
    [InlineData("N° de téléphone;Nom\n620000001;A\n")]
    [InlineData("Tél. portable;Nom\n620000001;A\n")]
    [InlineData("Téléphone mobile;Nom\n620000001;A\n")]
    [InlineData("Numéro WhatsApp;Nom\n620000001;A\n")]
    [InlineData("Phone 1 - Value,Nom\n+224620000001 ::: +224620000002,A\n")]
    [InlineData("Telephone;Mobile\n;620000001\n")]
    [InlineData("phone_number;Nom\np:+224620000001;A\n")]
    public async Task FieldTrial_F10_The_phone_column_is_recognised(string text) =>
        Assert.Equal(["+224620000001"], (await ImportAsync(text)).Phones);

    [Fact]
    public async Task FieldTrial_F10_The_fault_lists_the_titles_found()
    {
        var (failure, _) = await ImportAsync("Nom;Fax;Numéro de client\nA;30241234;17\n");

        Assert.Contains("« Nom », « Fax », « Numéro de client »", Assert.Single(failure!.Faults!["line 1"]));
    }

    [Fact]
    public async Task FieldTrial_F11_A_fault_of_the_file_is_in_the_language_of_the_tenant()
    {
        var (failure, _) = await ImportAsync("");

        Assert.StartsWith("Le fichier", failure!.Message);
        Assert.StartsWith("Le fichier", Assert.Single(failure.Faults!["line 1"]));
    }

    [Fact]
    public async Task FieldTrial_F11_A_formula_that_keeps_the_zero_is_accepted() =>
        Assert.Equal(["+33612345678"], (await ImportAsync("phone;nom\n=\"0612345678\";A\n", "FR")).Phones);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FieldTrial_F11_UTF16_without_a_byte_order_mark_is_read(bool bigEndian) =>
        Assert.Equal(
            ["+224620000001"],
            (await ImportAsync(
                new UnicodeEncoding(bigEndian, byteOrderMark: false).GetBytes("Téléphone;Prénom\r\n620000001;Zoé\r\n"))).Phones);

    private Task<(Failure? Failure, List<string> Phones)> ImportAsync(string text, string country = "GN") =>
        ImportAsync(Encoding.UTF8.GetBytes(text), country);

    private async Task<(Failure? Failure, List<string> Phones)> ImportAsync(byte[] file, string country = "GN")
    {
        await using var world = await CampaignFixture.CreateAsync(postgres, country: country);
        var result = await world.Get<ImportContacts>().RunAsync(
            world.Caller, new ImportContacts.Input(new MemoryStream(file), "", null, false), default);
        return (
            result.Failure,
            await world.ListAsync<string>(
                "select value from contact_identities where tenant_id = @TenantId order by value", new { world.TenantId }));
    }
}
