using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Contacts.Import;

/// <summary>Returns the report of an import, in the order of the lines.</summary>
internal sealed class GetImport(TenantDb db)
{
    public static readonly string[] Outcomes = [RowOutcome.Created, RowOutcome.Updated, RowOutcome.Duplicate, RowOutcome.Rejected];

    private const string SelectImport = """
        select i.id, i.file_name, i.tag, i.row_count, i.created_count, i.updated_count, i.rejected_count, i.duplicate_count, i.created_at,
          t.locale
        from contact_imports i
        join tenants t on t.id = i.tenant_id
        where i.id = @Id
        """;

    private const string SelectRows = """
        select line, outcome, contact_id, faults
        from contact_import_rows
        where import_id = @Id and line > @After and (@Outcome::text is null or outcome = @Outcome)
        order by line
        limit @Limit + 1
        """;

    private sealed class ImportRecord
    {
        public required Guid Id { get; init; }
        public required string FileName { get; init; }
        public string? Tag { get; init; }
        public required int RowCount { get; init; }
        public required int CreatedCount { get; init; }
        public required int UpdatedCount { get; init; }
        public required int RejectedCount { get; init; }
        public required int DuplicateCount { get; init; }
        public required DateTime CreatedAt { get; init; }
        public required string Locale { get; init; }
    }

    private sealed class RowRecord
    {
        public required int Line { get; init; }
        public required string Outcome { get; init; }
        public Guid? ContactId { get; init; }
        public required string[] Faults { get; init; }
    }

    /// <param name="After">The line after which the page begins; 0 for the first page.</param>
    /// <param name="Outcome">Only rows with this outcome; null for all rows.</param>
    internal sealed record Input(Guid Id, int After, int Limit, string? Outcome);

    /// <param name="Next">The line after which the next page begins; null on the last page.</param>
    internal sealed record Output(
        Guid ImportId, string FileName, string? Tag, DateTimeOffset CreatedAt,
        int Rows, int Created, int Updated, int Duplicates, int Rejected,
        IReadOnlyList<ReportRow> Report, int? Next);

    public Task<Result<Output>> RunAsync(Guid tenantId, Input input, CancellationToken ct) =>
        db.RunAsync<Result<Output>>(tenantId, async tx =>
        {
            var import = await tx.QueryOneAsync<ImportRecord>(SelectImport, new { input.Id }, ct);
            if (import is null)
            {
                return new Failure(FailureKind.NotFound, "import_not_found", "There is no such import.");
            }

            var rows = await tx.QueryAsync<RowRecord>(SelectRows, input, ct);
            var (shown, next) = Page.From(rows, input.Limit, row => row.Line);
            var report = shown.ConvertAll(
                row => new ReportRow(row.Line, row.Outcome, row.ContactId, FaultTexts.GetTexts(row.Faults, import.Locale)));
            return new Output(
                import.Id, import.FileName, import.Tag, import.CreatedAt,
                import.RowCount, import.CreatedCount, import.UpdatedCount, import.DuplicateCount, import.RejectedCount,
                report, next);
        }, ct);
}
