using Npgsql;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Contacts.Import;

/// <summary>Imports contacts from a CSV file. When the file cannot be read completely, nothing is imported.</summary>
internal sealed class ImportContacts(TenantDb db, AddressHash hash, TimeProvider time)
{
    private const int FirstReportRows = 100;
    private const string Savepoint = "before_import";

    private const string SelectTenant = "select country, locale from tenants";

    /// <param name="PhoneColumn">The title of the column with the numbers; null when it is to be recognised.</param>
    /// <param name="Charset">The charset that the caller declared; null when there is none.</param>
    internal sealed record Input(
        Stream File, string FileName, string? Tag, bool DryRun, string? PhoneColumn = null, string? Charset = null);

    /// <param name="ImportId">Null for a dry run.</param>
    /// <param name="Next">The line after which the report continues; null when it is complete.</param>
    /// <param name="Encoding">The encoding in which the file was read.</param>
    /// <param name="PhoneColumns">The titles of the columns with phone numbers, the preferred column first.</param>
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
            // Receive the file outside of any transaction, because a slow client would hold a connection and locks.
            await using var upload = input.File.CanSeek
                ? input.File
                : await UploadSpool.ReadAsync(input.File, UploadSpool.MaxUploadTime, time, ct);
            var file = ContactFile.Read(upload, input, tenant.Country, ct);
            return await db.RunAsync(caller.TenantId, tx => ImportAsync(tx, caller, input, file, tenant.Locale, ct), ct);
        }
        catch (FileFault fault)
        {
            return ToFailure(fault, tenant.Locale);
        }
    }

    private static Failure ToFailure(FileFault fault, string locale)
    {
        var place = fault.Line == 0 ? "$" : $"line {fault.Line}";
        var faults = new Dictionary<string, string[]> { [place] = [FaultTexts.GetTexts(fault.Code, fault.Arguments, locale)] };
        return new Failure(FailureKind.Invalid, "invalid_csv", FaultTexts.GetTexts("file_refused", [], locale), faults);
    }

    private async Task<Output> ImportAsync(
        NpgsqlTransaction tx, Caller caller, Input input, ContactFile file, string locale, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        // One import per tenant at a time: two files with the same numbers in a different order would deadlock.
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
            await InsertImportReport.RunAsync(tx, caller.TenantId, id, input, run, now, ct);
            var change = new AuditEntry("contact.import", "import", id.ToString(), After: Totals(input, run));
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        }

        return ToOutput(input.DryRun ? null : id, file, run, locale);
    }

    private static object Totals(Input input, ImportRun run) => new
    {
        input.Tag,
        Rows = run.Rows.Count,
        Created = run.Count(RowOutcome.Created),
        Updated = run.Count(RowOutcome.Updated),
        Rejected = run.Count(RowOutcome.Rejected),
        Duplicates = run.Count(RowOutcome.Duplicate),
    };

    private static Output ToOutput(Guid? id, ContactFile file, ImportRun run, string locale)
    {
        var report = run.Rows.Take(FirstReportRows)
            .Select(row => new ReportRow(row.Line, row.Outcome, id is null ? null : row.ContactId, FaultTexts.GetTexts(row.Faults, locale)))
            .ToList();
        return new Output(
            id, id is null, run.Rows.Count,
            run.Count(RowOutcome.Created), run.Count(RowOutcome.Updated), run.Count(RowOutcome.Duplicate), run.Count(RowOutcome.Rejected),
            report, run.Rows.Count > FirstReportRows ? report[^1].Line : null, file.EncodingName, [.. file.Columns.PhoneTitles]);
    }
}
