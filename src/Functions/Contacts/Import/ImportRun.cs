using Npgsql;
using Relais.Platform.Secrets;

namespace Relais.Contacts.Import;

/// <summary>Writes the contacts of a file in batches and sets the outcome of every row.</summary>
internal sealed class ImportRun(NpgsqlTransaction tx, AddressHash hash, Guid tenantId, ContactFile file, DateTimeOffset now)
{
    private const int BatchSize = 1_000;

    private readonly HashSet<string> seenKeys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContactDraft> batch = new(StringComparer.Ordinal);
    private readonly List<(int Index, string Key, bool Repeated)> batchRows = [];

    public IReadOnlyList<ImportRow> Rows => file.Rows;

    public async Task WriteAsync(CancellationToken ct)
    {
        foreach (var (index, draft) in file.Drafts())
        {
            AddToBatch(index, draft);
            if (batchRows.Count >= BatchSize)
            {
                await WriteBatchAsync(ct);
            }
        }

        await WriteBatchAsync(ct);
    }

    public int Count(string outcome) => Rows.Count(row => row.Outcome == outcome);

    private void AddToBatch(int index, ContactDraft draft)
    {
        batchRows.Add((index, draft.Key, Repeated: !seenKeys.Add(draft.Key)));
        if (!batch.TryGetValue(draft.Key, out var earlier))
        {
            batch.Add(draft.Key, draft);
        }
        else if (!earlier.Merge(draft))
        {
            AddTagsFullWarning(index);
        }
    }

    private async Task WriteBatchAsync(CancellationToken ct)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var written = await ContactBatch.WriteAsync(tx, hash, tenantId, batch.Values, now, ct);
        foreach (var (index, key, repeated) in batchRows)
        {
            var contact = written[key];
            var outcome = repeated ? RowOutcome.Duplicate : contact.Created ? RowOutcome.Created : RowOutcome.Updated;
            file.Rows[index] = Rows[index] with { Outcome = outcome, ContactId = contact.ContactId };
            if (contact.HasLostTags)
            {
                AddTagsFullWarning(index);
            }
        }

        batch.Clear();
        batchRows.Clear();
    }

    private void AddTagsFullWarning(int index)
    {
        if (!Rows[index].Faults.Contains(ContactDraft.TagsFull))
        {
            file.Rows[index] = Rows[index] with { Faults = [.. Rows[index].Faults, ContactDraft.TagsFull] };
        }
    }
}
