using System.Text;
using Functions.Tests.Campaigns;
using Microsoft.AspNetCore.Http;
using Relais.Contacts;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Platform;
using Relais.Platform.Http;

namespace Functions.Tests.Contacts;

public sealed class ImportContactsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Simple =
        "téléphone;Prénom;Nom;Langue;Étiquettes;Quartier de départ\n620000001;Awa;Diallo;Français;vip|taxi;Kaloum\n" +
        "620000002;Ibrahima;Bah;en;;\n";

    [Theory]
    [InlineData(";", "\n", false)]
    [InlineData(";", "\r\n", true)]
    [InlineData(",", "\n", true)]
    [InlineData("\t", "\r\n", false)]
    public async Task A_spreadsheet_export_is_imported(string delimiter, string lineEnd, bool byteOrderMark)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var text = Simple.Replace(";", delimiter).Replace("\n", lineEnd);

        var output = await ImportAsync(world, text, tag: "clients", byteOrderMark: byteOrderMark);

        Assert.Equal((2, 2, 0, 0, 0), (output.Rows, output.Created, output.Updated, output.Duplicates, output.Rejected));
        Assert.Equal([(2, "created"), (3, "created")], output.Report.Select(row => (row.Line, row.Outcome)));
        var awa = (await ContactsAsync(world)).Single(contact => contact.Phone == "+224620000001");
        Assert.Equal(("Awa", "Diallo", "fr"), (awa.FirstName, awa.LastName, awa.Language));
        Assert.Equal(["clients", "taxi", "vip"], awa.Tags);
        Assert.Equal(new Dictionary<string, string> { ["quartier_de_depart"] = "Kaloum" }, awa.Fields);
    }

    [Fact]
    public async Task Importing_a_file_again_changes_nothing()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await ImportAsync(world, Simple, tag: "clients");
        var before = Json.Write(await ContactsAsync(world));
        world.Clock.Advance(TimeSpan.FromHours(1));

        var output = await ImportAsync(world, Simple, tag: "clients");

        Assert.Equal((0, 2), (output.Created, output.Updated));
        Assert.Equal(before, Json.Write(await ContactsAsync(world)));
    }

    [Fact]
    public async Task Rows_with_one_number_are_merged_with_the_existing_contact()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await ImportAsync(world, "phone,first_name,code,tags\n620000001,Awa,A1,vieux\n");

        var output = await ImportAsync(
            world, "phone,first_name,last_name,code,ville,tags\n+224 620 00 00 01,,Diallo,,Kindia,neuf\n00224620000001,Aïssatou,,B2,,\n");

        Assert.Equal(["updated", "duplicate"], output.Report.Select(row => row.Outcome));
        Assert.Equal(output.Report[0].ContactId, output.Report[1].ContactId);
        var contact = Assert.Single(await ContactsAsync(world));
        Assert.Equal(("Aïssatou", "Diallo"), (contact.FirstName, contact.LastName));
        Assert.Equal(new Dictionary<string, string> { ["code"] = "B2", ["ville"] = "Kindia" }, contact.Fields);
        Assert.Equal(["neuf", "vieux"], contact.Tags);
    }

    [Fact]
    public async Task A_rejected_row_has_a_reason_and_does_not_stop_the_import()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);

        var output = await ImportAsync(
            world,
            $"phone;nom;langue\n6200;A\n620000001;B;klingon\n;C\n\n2,24E+11;D\n620000002;{new string('x', 201)}\n" +
            $"620000003;E;fr;de trop\n620000004;\n;;\n");

        Assert.Equal(
            [
                (2, "rejected", "phone_too_short"), (3, "created", "language_unknown"), (4, "rejected", "phone_missing"),
                (6, "rejected", "phone_scientific"), (7, "rejected", "value_too_long:last_name"), (8, "rejected", "too_many_values"),
                (9, "created", ""),
            ],
            output.Report.Select(row => (row.Line, row.Outcome, string.Join(",", row.Faults.Select(fault => fault.Code)))));
        Assert.Equal("Le numéro a trop peu de chiffres.", output.Report[0].Faults[0].Message);
        Assert.Equal("La valeur de la colonne « last_name » est trop longue.", output.Report[4].Faults[0].Message);
    }

    [Fact]
    public async Task Quoted_values_may_contain_delimiters_quotes_and_line_breaks()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);

        var output = await ImportAsync(world, "phone,note,nom\n620000001,\"un, \"\"deux\"\"\ntrois\",X\n620000002,b,Y\n");

        Assert.Equal([2, 4], output.Report.Select(row => row.Line));
        Assert.Equal("un, \"deux\"\ntrois", (await ContactsAsync(world))[0].Fields["note"]);
    }

    [Fact]
    public async Task A_dry_run_reports_the_same_and_stores_nothing()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);

        var output = await ImportAsync(world, Simple, dryRun: true);

        Assert.Equal((null, true, 2, 2), (output.ImportId, output.DryRun, output.Rows, output.Created));
        Assert.Empty(await ContactsAsync(world));
        Assert.Equal(
            0,
            await world.OneAsync<int>("select count(*) from contact_imports where tenant_id = @TenantId", new { world.TenantId }));
        Assert.Equal(0, await world.OneAsync<int>("select count(*) from audit where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Fact]
    public async Task The_audit_entry_of_an_import_has_totals_and_no_names()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);

        var output = await ImportAsync(world, Simple, tag: "clients");

        var (action, subject, after) = await world.OneAsync<(string, string, string)>(
            "select action, subject_id, after::text from audit where tenant_id = @TenantId", new { world.TenantId });
        Assert.Equal(("contact.import", output.ImportId.ToString()), (action, subject));
        Assert.Equal("""{"tag": "clients", "rows": 2, "created": 2, "updated": 0, "rejected": 0, "duplicates": 0}""", after);
    }

    public static TheoryData<byte[], string, string, string> Unreadable => new()
    {
        { [.. Encoding.UTF8.GetBytes("téléphone;nom\n620000001;Zoé\n620000002;"), 0xE9, 0x0A], "line 3", "mélange UTF-8", "mixes UTF-8" },
        { [], "line 1", "Le fichier est vide", "The file is empty" },
        {
            "nom;prénom\nA;B\n"u8.ToArray(),
            "line 1",
            "Aucune colonne ne contient de numéro de téléphone. Colonnes trouvées : « nom », « prénom »",
            "No column holds a phone number"
        },
        { "phone;ville;Ville\n1;2;3\n"u8.ToArray(), "line 1", "deux colonnes « ville »", "\"ville\" twice" },
        {
            Encoding.UTF8.GetBytes("phone;nom\n620000001;A\n620000002;\"" + new string('x', 20_000)),
            "line 3",
            "Le guillemet ouvert à la ligne 3 n'est pas fermé",
            "opens on line 3"
        },
        {
            Encoding.UTF8.GetBytes(string.Join(';', Enumerable.Range(0, 101).Select(i => $"c{i}")) + "\n"),
            "line 1",
            "plus de 100 colonnes",
            "more than 100 columns"
        },
        { [0x50, 0x4B, 3, 4, .. "xl/workbook.xml"u8], "$", "classeur", "workbook" },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task FieldTrial_F11_An_unreadable_file_is_refused_in_the_language_of_the_tenant(
        byte[] file, string line, string french, string english)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);

        foreach (var (locale, fault) in new[] { ("fr", french), ("en", english) })
        {
            await world.ExecuteAsync("update tenants set locale = @locale where id = @TenantId", new { locale, world.TenantId });
            var result = await Import(world).RunAsync(
                world.Caller, new ImportContacts.Input(new MemoryStream(file), "", null, false), default);

            Assert.Equal((FailureKind.Invalid, "invalid_csv"), (result.Failure!.Kind, result.Failure.Code));
            Assert.Equal(FaultTexts.GetTexts("file_refused", [], locale), result.Failure.Message);
            var reported = Assert.Single(result.Failure.Faults!);
            Assert.Equal(line, reported.Key);
            Assert.Contains(fault, Assert.Single(reported.Value));
        }

        Assert.Empty(await ContactsAsync(world));
        Assert.Equal(
            0,
            await world.OneAsync<int>("select count(*) from contact_imports where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Fact]
    public async Task Concurrent_imports_create_each_contact_once()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var numbers = Enumerable.Range(1, 1_500).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ImportAsync(world, File(i % 2 == 0 ? numbers : numbers.Reverse()))));

        Assert.Equal((1_500, 1_500), (
            await world.OneAsync<int>("select count(*) from contacts where tenant_id = @TenantId", new { world.TenantId }),
            await world.OneAsync<int>("select count(*) from contact_identities where tenant_id = @TenantId", new { world.TenantId })));
    }

    [Fact]
    public async Task The_report_has_pages_and_an_import_can_be_an_audience()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var output = await ImportAsync(world, File(Enumerable.Range(1, 250)));
        var get = world.Get<GetImport>();
        var lines = output.Report.Select(row => row.Line).ToList();

        for (var next = output.Next; next is not null;)
        {
            var page = (await get.RunAsync(
                world.TenantId, new GetImport.Input(output.ImportId!.Value, next.Value, 60, null), default)).Value;
            lines.AddRange(page.Report.Select(row => row.Line));
            next = page.Next;
        }

        Assert.Equal(Enumerable.Range(2, 250), lines);
        var campaign = await world.RunningCampaignAsync(world.Request() with { Audience = new() { ImportId = output.ImportId } });
        Assert.Equal(250, (await world.ProgressAsync(campaign)).Queued);
    }

    [Fact]
    public async Task An_import_of_another_tenant_is_not_found()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await using var other = await CampaignFixture.CreateAsync(postgres);
        var output = await ImportAsync(world, Simple);
        await ImportAsync(other, Simple);

        Assert.Equal(
            "import_not_found",
            (await other.Get<GetImport>().RunAsync(
                other.TenantId, new GetImport.Input(output.ImportId!.Value, 0, 10, null), default)).Failure!.Code);
        Assert.Equal(
            "contact_not_found",
            (await other.Get<GetContact>().RunAsync(other.TenantId, output.Report[0].ContactId!.Value, default)).Failure!.Code);
        Assert.Equal(2, (await ContactsAsync(other)).Count);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x", "garbage", "invalid_body")]
    [InlineData("multipart/form-data; boundary=x", "--x--\r\n", "invalid_body")]
    [InlineData("multipart/form-data", "garbage", "invalid_body")]
    [InlineData("text/plain", "phone\n", "unsupported_media_type")]
    [InlineData("text/csv; charset=shift_jis", "phone\n", "unsupported_media_type")]
    [InlineData(null, "phone\n", "unsupported_media_type")]
    public async Task A_body_that_is_not_a_csv_file_is_refused(string? contentType, string body, string code)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = contentType;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));

        Assert.Equal(code, (await CsvUpload.FromAsync(request, default)).Failure!.Code);
    }

    [Theory]
    [InlineData("?tag=", "tag")]
    [InlineData("?dryRun=yes", "dryRun")]
    public async Task Import_parameters_are_validated(string query, string fault)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString(query);
        request.ContentType = "text/csv";

        Assert.Equal([fault], (await CsvUpload.FromAsync(request, default)).Failure!.Faults!.Keys);
    }

    private static string File(IEnumerable<int> numbers) =>
        "phone;prénom\n" + string.Concat(numbers.Select(number => $"620{number:D6};Client {number}\n"));

    private static ImportContacts Import(CampaignFixture world) => new(world.Db, world.Hash, world.Clock);

    private static async Task<ImportContacts.Output> ImportAsync(
        CampaignFixture world, string text, string? tag = null, bool dryRun = false, bool byteOrderMark = false)
    {
        byte[] file = [.. byteOrderMark ? Encoding.UTF8.GetPreamble() : [], .. Encoding.UTF8.GetBytes(text)];
        var result = await Import(world).RunAsync(
            world.Caller, new ImportContacts.Input(new MemoryStream(file), "clients.csv", tag, dryRun), default);
        return result.Match(output => output, failure => throw new InvalidOperationException(Json.Write(failure)));
    }

    private static async Task<IReadOnlyList<ContactView>> ContactsAsync(CampaignFixture world) =>
        [
            .. (await world.Get<ListContacts>().RunAsync(world.TenantId, null, new PageQuery(null, 500), default)).Contacts
                .OrderBy(contact => contact.Phone, StringComparer.Ordinal),
        ];
}
