using Npgsql;
using Relais.Platform.Secrets;

namespace Relais.Contacts.Import;

internal sealed record ImportRow(int Line, string Outcome, Guid? ContactId, IReadOnlyList<string> Faults);

/// <summary>One pass over a file: drafts are collected, written in batches, and every row gets its outcome.</summary>
internal sealed class ImportRun(NpgsqlTransaction tx, AddressHash hash, Guid tenantId, string country, string? tag, DateTimeOffset now)
{
    public const int MostRows = 200_000;
    private const int BatchSize = 1_000;

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContactDraft> batch = new(StringComparer.Ordinal);
    private readonly List<(int Index, string Key, bool Repeated)> waiting = [];

    public List<ImportRow> Rows { get; } = [];

    public async Task ReadAsync(Stream file, CancellationToken ct)
    {
        Columns? columns = null;
        await foreach (var record in CsvFile.ReadAsync(file, ct))
        {
            if (columns is null)
            {
                columns = Columns.From(record);
                continue;
            }

            Take(record, ContactDraft.From(record, columns, country, tag));
            if (waiting.Count >= BatchSize)
            {
                await WriteAsync(ct);
            }
        }

        if (columns is null)
        {
            throw new CsvFault(1, "is empty: the first line names the columns");
        }

        await WriteAsync(ct);
    }

    public int Count(string outcome) => Rows.Count(row => row.Outcome == outcome);

    private void Take(CsvRecord record, ContactDraft draft)
    {
        if (Rows.Count == MostRows)
        {
            throw new CsvFault(record.Line, $"has more than {MostRows} rows; cut it in two");
        }

        Rows.Add(new ImportRow(record.Line, "rejected", null, draft.Faults));
        if (draft.Rejected)
        {
            return;
        }

        waiting.Add((Rows.Count - 1, draft.Key, Repeated: !seen.Add(draft.Key)));
        if (batch.TryGetValue(draft.Key, out var earlier))
        {
            earlier.Merge(draft);
        }
        else
        {
            batch.Add(draft.Key, draft);
        }
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var written = await ContactBatch.WriteAsync(tx, hash, tenantId, batch.Values, now, ct);
        foreach (var (index, key, repeated) in waiting)
        {
            var outcome = repeated ? "duplicate" : written[key].Created ? "created" : "updated";
            Rows[index] = Rows[index] with { Outcome = outcome, ContactId = written[key].ContactId };
        }

        batch.Clear();
        waiting.Clear();
    }
}
