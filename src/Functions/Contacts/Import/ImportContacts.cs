using Npgsql;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Contacts.Import;

/// <summary>Brings a CSV file into the contacts: all of it or, when it cannot be read to its end, nothing.</summary>
internal sealed class ImportContacts(TenantDb db, AddressHash hash, TimeProvider time)
{
    private const int FirstReportRows = 100;
    private const int RowsPerStatement = 5_000;
    private const string Savepoint = "before_import";

    private const string SelectTenant = "select country, locale from tenants";

    private const string InsertImport = """
        insert into contact_imports (id, tenant_id, file_name, tag, row_count, created_count, updated_count, rejected_count, duplicate_count, created_at)
        values (@Id, @TenantId, @FileName, @Tag, @Rows, @Created, @Updated, @Rejected, @Duplicates, @Now)
        """;

    private const string InsertRows = """
        insert into contact_import_rows (tenant_id, import_id, line, outcome, contact_id, faults)
        select @TenantId, @Id, r.line, r.outcome, r.contact_id, string_to_array(r.faults, chr(31))
        from unnest(@Lines, @Outcomes, @ContactIds, @Faults) as r (line, outcome, contact_id, faults)
        """;

    /// <param name="PhoneColumn">The title of the column with the numbers; null: it is recognised.</param>
    /// <param name="Charset">As the caller declared it.</param>
    internal sealed record Input(
        Stream File, string FileName, string? Tag, bool DryRun, string? PhoneColumn = null, string? Charset = null);

    /// <param name="Encoding">In which the file was read.</param>
    /// <param name="PhoneColumns">The titles of the columns in which numbers were looked for, in this order.</param>
    internal sealed record Output(
        Guid? ImportId, bool DryRun, int Rows, int Created, int Updated, int Duplicates, int Rejected,
        IReadOnlyList<ReportRow> Report, int? Next, string Encoding, IReadOnlyList<string> PhoneColumns);

    private sealed class TenantRow
    {
        public required string Country { get; init; }
        public required string Locale { get; init; }
    }

    public async Task<Result<Output>> RunAsync(Caller caller, Input input, CancellationToken ct)
    {
        var tenant = (await db.RunAsync(caller.TenantId, tx => tx.QueryOneAsync<TenantRow>(SelectTenant, null, ct), ct))!;
        try
        {
            // outside of any transaction: a client sends as slowly as it likes
            await using var upload = input.File.CanSeek
                ? input.File
                : await UploadSpool.ReadAsync(input.File, UploadSpool.MaxUploadTime, time, ct);
            var file = ContactFile.Read(upload, input, tenant.Country, ct);
            return await db.RunAsync(caller.TenantId, tx => ImportAsync(tx, caller, input, file, tenant.Locale, ct), ct);
        }
        catch (FileFault fault)
        {
            return Refused(fault, tenant.Locale);
        }
    }

    private static Failure Refused(FileFault fault, string locale)
    {
        var place = fault.Line == 0 ? "$" : $"line {fault.Line}";
        var faults = new Dictionary<string, string[]> { [place] = [FaultTexts.GetTexts(fault.Code, fault.Arguments, locale)] };
        return new Failure(FailureKind.Invalid, "invalid_csv", FaultTexts.GetTexts("file_refused", [], locale), faults);
    }

    private async Task<Output> ImportAsync(
        NpgsqlTransaction tx, Caller caller, Input input, ContactFile file, string locale, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        // imports of one tenant go one after the other: two files with the same numbers in another order would block each other
        await ContactLocks.LockImportsAsync(tx, caller.TenantId, ct);
        await tx.SaveAsync(Savepoint, ct);
        var run = new ImportRun(tx, hash, caller.TenantId, file, now);
        await run.WriteAsync(ct);

        var id = Guid.CreateVersion7(now);
        if (input.DryRun)
        {
            await tx.RollbackAsync(Savepoint, ct);
        }
        else
        {
            await RecordAsync(tx, caller.TenantId, id, input, run, now, ct);
            var change = new AuditEntry("contact.import", "import", id.ToString(), After: Totals(input, run));
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        }

        return ToOutput(input.DryRun ? null : id, file, run, locale);
    }

    private static object Totals(Input input, ImportRun run) => new
    {
        input.Tag,
        Rows = run.Rows.Count,
        Created = run.Count("created"),
        Updated = run.Count("updated"),
        Rejected = run.Count("rejected"),
        Duplicates = run.Count("duplicate"),
    };

    private static Output ToOutput(Guid? id, ContactFile file, ImportRun run, string locale)
    {
        var report = run.Rows.Take(FirstReportRows)
            .Select(row => new ReportRow(row.Line, row.Outcome, id is null ? null : row.ContactId, FaultTexts.GetTexts(row.Faults, locale)))
            .ToList();
        return new Output(
            id, id is null, run.Rows.Count, run.Count("created"), run.Count("updated"), run.Count("duplicate"), run.Count("rejected"), report,
            run.Rows.Count > FirstReportRows ? report[^1].Line : null, file.EncodingName, [.. file.Columns.PhoneTitles]);
    }

    private static async Task RecordAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid id, Input input, ImportRun run, DateTimeOffset now, CancellationToken ct)
    {
        await tx.ExecuteAsync(InsertImport, new
        {
            Id = id,
            TenantId = tenantId,
            input.FileName,
            input.Tag,
            Rows = run.Rows.Count,
            Created = run.Count("created"),
            Updated = run.Count("updated"),
            Rejected = run.Count("rejected"),
            Duplicates = run.Count("duplicate"),
            Now = now.UtcDateTime,
        }, ct);
        foreach (var rows in run.Rows.Chunk(RowsPerStatement))
        {
            await tx.ExecuteAsync(InsertRows, new
            {
                Id = id,
                TenantId = tenantId,
                Lines = rows.Select(row => row.Line).ToArray(),
                Outcomes = rows.Select(row => row.Outcome).ToArray(),
                ContactIds = rows.Select(row => row.ContactId).ToArray(),
                Faults = rows.Select(row => string.Join('\u001f', row.Faults)).ToArray(),
            }, ct);
        }
    }
}
