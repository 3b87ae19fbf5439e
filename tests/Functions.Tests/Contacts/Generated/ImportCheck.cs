using System.IO.Pipelines;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Relais.Access;
using Relais.Contacts;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Secrets;

namespace Functions.Tests.Contacts.Generated;

/// <summary>Imports a file twice into a new tenant, and compares the reports and the stored contacts with the expected result.</summary>
internal sealed class ImportCheck : IAsyncDisposable
{
    private readonly NpgsqlDataSource app;
    private readonly TenantDb db;
    private readonly TestTenants tenants;
    private readonly ImportContacts import;

    public ImportCheck(TestDatabase database)
    {
        RowMapping.Configure();
        app = NpgsqlDataSource.Create(database.App);
        db = new TenantDb(app);
        tenants = new TestTenants(database);
        import = new ImportContacts(db, new AddressHash(new byte[32]), new FixedClock());
    }

    public async Task RunAsync(GeneratedFile file)
    {
        var tenant = await tenants.CreateAsync(file);
        var contacts = new ExpectedContacts(file.Stored);
        string? dryRunTotals = null;
        if (file.Seed % 4 == 0)
        {
            dryRunTotals = Totals(await UploadAsync(tenant, file, dryRun: true));
            Assert.Equal(contacts.Described(), await DescribedAsync(tenant));
        }

        var first = await UploadAsync(tenant, file, dryRun: false);

        Assert.Equal(dryRunTotals ?? Totals(first), Totals(first));
        if (first.Failure is not null)
        {
            AssertRefused(file, first.Failure);
            Assert.Equal(contacts.Described(), await DescribedAsync(tenant));
            Assert.Equal(0, await tenants.ImportsAsync(tenant));
            return;
        }

        Assert.Null(file.Refusal);
        await AssertImportedAsync(tenant, file, contacts, first.Value);
        await AssertImportedAgainAsync(tenant, file, contacts, first.Value);
    }

    public async ValueTask DisposeAsync()
    {
        await tenants.DisposeAsync();
        await app.DisposeAsync();
    }

    private static string Totals(Result<ImportContacts.Output> result) => result.Match(
        output => $"{output.Rows} rows, {output.Created} created, {output.Updated} updated, " +
            $"{output.Duplicates} duplicates, {output.Rejected} rejected",
        failure => failure.Code);

    private static void AssertRefused(GeneratedFile file, Failure failure)
    {
        Assert.True(file.IsDamaged || file.Refusal is not null, $"Refused: {Json.Write(failure)}");
        Assert.Equal((FailureKind.Invalid, "invalid_csv"), (failure.Kind, failure.Code));
        var (place, texts) = Assert.Single(failure.Faults!);
        Assert.EndsWith(".", Assert.Single(texts));
        if (file.Refusal is { } refusal)
        {
            Assert.Equal(refusal.Line == 0 ? "$" : $"line {refusal.Line}", place);
            Assert.StartsWith(FaultTexts.GetTexts(refusal.Code, ["{0}", "{1}"], file.Locale).Split('{')[0], texts[0]);
        }
    }

    private async Task AssertImportedAsync(Guid tenant, GeneratedFile file, ExpectedContacts contacts, ImportContacts.Output output)
    {
        var report = await ReportAsync(tenant, output);
        var stored = await ContactsAsync(tenant);
        Assert.Equal(file.Stored.Count + output.Created, stored.Count);
        if (file.Rows is null)
        {
            return;
        }

        var outcomes = contacts.Take(file.Rows);
        Assert.Equal(file.Rows.Zip(outcomes, (row, outcome) => Describe(row.Line, outcome, row.Faults)), report.Select(Describe));
        Assert.Equal(string.Join("\n", contacts.Described()), string.Join("\n", stored.Values.Order(StringComparer.Ordinal)));
        var numbers = await tenants.NumbersAsync(tenant);
        Assert.All(
            file.Rows.Zip(report),
            pair => Assert.Equal(pair.First.Phone is null ? null : numbers[pair.First.Phone], pair.Second.ContactId));
    }

    /// <summary>A second import of the file reports the same rows, and creates and changes nothing.</summary>
    private async Task AssertImportedAgainAsync(Guid tenant, GeneratedFile file, ExpectedContacts contacts, ImportContacts.Output first)
    {
        var before = await ContactsAsync(tenant);
        var second = (await UploadAsync(tenant, file, dryRun: false)).Value;

        Assert.Equal(
            (first.Rows, 0, first.Created + first.Updated, first.Duplicates, first.Rejected),
            (second.Rows, second.Created, second.Updated, second.Duplicates, second.Rejected));
        var report = await ReportAsync(tenant, second);
        Assert.Equal(before, await ContactsAsync(tenant));
        if (file.Rows is not null)
        {
            Assert.Equal(
                file.Rows.Zip(contacts.Take(file.Rows), (row, outcome) => Describe(row.Line, outcome, row.Faults)),
                report.Select(Describe));
        }
    }

    private static string Describe(ReportRow row)
    {
        Assert.True(row.Outcome != "rejected" || row.Faults.Count > 0, $"Line {row.Line} is rejected without a reason.");
        Assert.True(
            (row.Outcome == "rejected") == row.ContactId is null,
            $"Line {row.Line} is {row.Outcome} with contact {row.ContactId}.");
        Assert.All(
            row.Faults,
            fault => Assert.True(fault.Message != fault.Code && fault.Message.EndsWith('.'), $"{fault.Code}: {fault.Message}"));
        return Describe(row.Line, row.Outcome, row.Faults.Select(fault => fault.Code).Order(StringComparer.Ordinal));
    }

    private static string Describe(int line, string outcome, IEnumerable<string> faults) => $"{line} {outcome} {string.Join(", ", faults)}";

    /// <summary>Reads all pages of the report, and checks that the totals match the rows.</summary>
    private async Task<List<ReportRow>> ReportAsync(Guid tenant, ImportContacts.Output output)
    {
        Assert.Equal(output.Rows, output.Created + output.Updated + output.Duplicates + output.Rejected);
        var rows = output.Report.ToList();
        for (var next = output.Next; next is not null;)
        {
            var input = new GetImport.Input(output.ImportId!.Value, next.Value, PageQuery.MaxLimit, null);
            var page = (await new GetImport(db).RunAsync(tenant, input, default)).Value;
            rows.AddRange(page.Report);
            next = page.Next;
        }

        var counts = rows.CountBy(row => row.Outcome).ToDictionary();
        Assert.Equal(
            (output.Rows, output.Created, output.Updated, output.Duplicates, output.Rejected),
            (rows.Count, Count("created"), Count("updated"), Count("duplicate"), Count("rejected")));
        return rows;

        int Count(string outcome) => counts.GetValueOrDefault(outcome);
    }

    private async Task<IEnumerable<string>> DescribedAsync(Guid tenant) =>
        (await ContactsAsync(tenant)).Values.Order(StringComparer.Ordinal);

    private async Task<SortedDictionary<Guid, string>> ContactsAsync(Guid tenant)
    {
        var contacts = new SortedDictionary<Guid, string>();
        for (var page = new PageQuery(null, PageQuery.MaxLimit); page is not null;)
        {
            var (rows, next) = await new ListContacts(db).RunAsync(tenant, null, page, default);
            foreach (var contact in rows)
            {
                var text = ExpectedContacts.Describe(
                    contact.Phone, contact.FirstName, contact.LastName, contact.Language, contact.Fields, contact.Tags);
                contacts.Add(contact.Id, text);
            }

            page = next is null ? null : page with { Cursor = next };
        }

        return contacts;
    }

    /// <summary>Uploads the file through the request parser, as the body or as a form file.</summary>
    private async Task<Result<ImportContacts.Output>> UploadAsync(Guid tenant, GeneratedFile file, bool dryRun)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = QueryString.Create(new Dictionary<string, string?>
        {
            ["dryRun"] = dryRun ? "true" : "false",
            ["tag"] = file.Tag,
            ["phoneColumn"] = file.PhoneColumn,
        }.Where(parameter => parameter.Value is not null));
        using var content = new ByteArrayContent(file.Bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv") { CharSet = file.Text.Charset };
        using var form = new MultipartFormDataContent { { content, "file", "clients.csv" } };
        HttpContent body = file.Seed % 2 == 0 ? content : form;
        request.ContentType = body.Headers.ContentType!.ToString();
        // The body of a real request is not seekable.
        request.Body = PipeReader.Create(await body.ReadAsStreamAsync()).AsStream();
        var input = await CsvUpload.FromAsync(request, default);
        Assert.Null(input.Failure);
        return await import.RunAsync(
            new Caller(tenant, new Actor(ActorKind.Person, "awa", "Awa"), Role.Operator, []), input.Value, default);
    }
}
