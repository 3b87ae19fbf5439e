using System.Text;
using Functions.Tests.Campaigns;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Platform.Http;

namespace Functions.Tests.Contacts;

public sealed class ContactTagsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Review_B20_Merged_rows_keep_fifty_tags_and_report_it()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);

        var output = await ImportAsync(world, $"phone;tags\n620000001;{Tags(1, 40)}\n620000001;{Tags(31, 60)}\n620000002;{Tags(1, 10)}\n");

        Assert.Equal(["created ", "duplicate tags_full", "created "], Rows(output));
        Assert.Equal(Numbers(1, 50), await TagsAsync(world));
    }

    [Fact]
    public async Task Review_B20_Stored_and_new_tags_are_limited_to_fifty_and_the_row_reports_it()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await ImportAsync(world, $"phone;tags\n620000001;{Tags(11, 58)}\n");

        var output = await ImportAsync(world, $"phone;tags\n620000001;{Tags(1, 20)}\n", tag: "zzz");
        var repeated = await ImportAsync(world, $"phone;tags\n620000001;{Tags(11, 20)}\n", tag: "zzz");

        Assert.Equal(["updated tags_full"], Rows(output));
        Assert.Equal(
            "Le contact a déjà le nombre maximal d'étiquettes : toutes n'ont pas été ajoutées.",
            output.Report[0].Faults[0].Message);
        Assert.Equal(["updated "], Rows(repeated));
        // The tag of the import can define an audience, so it is stored before the tags of the row.
        Assert.Equal([.. Numbers(1, 1), .. Numbers(11, 58), "zzz"], await TagsAsync(world));
    }

    [Fact]
    public async Task Review_B20_A_contact_with_too_many_tags_keeps_them()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await ImportAsync(world, $"phone;tags\n620000001;{Tags(1, 50)}\n");
        await world.ExecuteAsync(
            "update contacts set tags = tags || array['de', 'trop'] where tenant_id = @TenantId", new { world.TenantId });

        var output = await ImportAsync(world, "phone;nom\n620000001;Diallo\n", tag: "clients");

        Assert.Equal(["updated tags_full"], Rows(output));
        Assert.Equal([.. Numbers(1, 50), "de", "trop"], await TagsAsync(world));
    }

    [Fact]
    public async Task Review_B20_The_import_tag_replaces_the_fiftieth_tag_of_a_row()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);

        var output = await ImportAsync(world, $"phone;tags\n620000001;{Tags(1, 50)}\n620000002;{Tags(1, 51)}\n", tag: "clients");

        Assert.Equal(["created tags_full", "rejected tags_too_long"], Rows(output));
        Assert.Equal([.. Numbers(1, 49), "clients"], await TagsAsync(world));
    }

    [Fact]
    public async Task The_unit_separator_separates_two_tags()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var file = ReadFile.Of("phone;tags\n620000001;x\u001fy|z\n");

        await ImportAsync(world, "phone;tags\n620000001;x\u001fy|z\n");

        Assert.Equal(["x", "y", "z"], file.Drafts().Single().Draft.Tags);
        Assert.Equal(["x", "y", "z"], await TagsAsync(world));
    }

    [Fact]
    public async Task Rows_with_two_numbers_of_one_contact_both_update_it()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await ImportAsync(world, "phone;nom\n620000001;Diallo\n");
        await world.ExecuteAsync("""
            insert into contact_identities (tenant_id, kind, value, contact_id, created_at)
            select tenant_id, kind, '+224620000002', contact_id, created_at from contact_identities where tenant_id = @TenantId
            """, new { world.TenantId });

        await ImportAsync(world, "phone;ville;quartier;tags\n620000002;Labé;;b\n620000001;;Kaloum;a\n");

        Assert.Equal(["a", "b"], await TagsAsync(world));
        Assert.Equal(
            """{"ville": "Labé", "quartier": "Kaloum"}""",
            await world.OneAsync<string>("select fields::text from contacts where tenant_id = @TenantId", new { world.TenantId }));
    }

    private static IEnumerable<string> Numbers(int from, int to) => Enumerable.Range(from, to - from + 1).Select(i => $"t{i:D2}");

    private static string Tags(int from, int to) => string.Join('|', Numbers(from, to));

    private static IEnumerable<string> Rows(ImportContacts.Output output) =>
        output.Report.Select(row => $"{row.Outcome} {string.Join(',', row.Faults.Select(fault => fault.Code))}");

    private static async Task<IEnumerable<string>> TagsAsync(CampaignFixture world) => (await world.OneAsync<string[]>(
        """
        select c.tags from contacts c join contact_identities i on i.contact_id = c.id
        where i.tenant_id = @TenantId and i.value = '+224620000001'
        """,
        new { world.TenantId }))
        .OrderBy(tag => tag[0] == 't' && tag.Length == 3 ? tag : $"~{tag}", StringComparer.Ordinal);

    private static async Task<ImportContacts.Output> ImportAsync(CampaignFixture world, string text, string? tag = null)
    {
        var input = new ImportContacts.Input(new MemoryStream(Encoding.UTF8.GetBytes(text)), "", tag, false);
        return (await world.Get<ImportContacts>().RunAsync(world.Caller, input, default))
            .Match(output => output, failure => throw new InvalidOperationException(Json.Write(failure)));
    }
}
