using Npgsql;
using Relais.Platform.Database;

namespace Relais.Contacts.Import;

/// <summary>Stores an import with the outcome of each row. Runs in the caller's transaction.</summary>
internal static class InsertImportReport
{
    private const int RowsPerStatement = 5_000;

    private const string InsertImport = """
        insert into contact_imports
          (id, tenant_id, file_name, tag, row_count, created_count, updated_count, rejected_count, duplicate_count, created_at)
        values (@Id, @TenantId, @FileName, @Tag, @Rows, @Created, @Updated, @Rejected, @Duplicates, @Now)
        """;

    private const string InsertRows = """
        insert into contact_import_rows (tenant_id, import_id, line, outcome, contact_id, faults)
        select @TenantId, @Id, r.line, r.outcome, r.contact_id, string_to_array(r.faults, chr(31))
        from unnest(@Lines, @Outcomes, @ContactIds, @Faults) as r (line, outcome, contact_id, faults)
        """;

    public static async Task RunAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid id, ImportContacts.Input input, ImportRun run, DateTimeOffset now, CancellationToken ct)
    {
        await tx.ExecuteAsync(InsertImport, new
        {
            Id = id,
            TenantId = tenantId,
            input.FileName,
            input.Tag,
            Rows = run.Rows.Count,
            Created = run.Count(RowOutcome.Created),
            Updated = run.Count(RowOutcome.Updated),
            Rejected = run.Count(RowOutcome.Rejected),
            Duplicates = run.Count(RowOutcome.Duplicate),
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
