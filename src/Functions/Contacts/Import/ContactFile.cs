using System.Globalization;
using System.Text;

namespace Relais.Contacts.Import;

/// <summary>
/// A CSV file that was read and checked completely, so that an unreadable file leaves nothing in the database. The file is read a second
/// time when its contacts are written, because the rows as objects would take ten times its size.
/// </summary>
internal sealed class ContactFile
{
    public const int MaxRows = 200_000;

    private readonly Stream file;
    private readonly FileEncoding encoding;
    private readonly char delimiter;
    private readonly string? tag;

    private ContactFile(Stream file, FileEncoding encoding, char delimiter, ImportColumns columns, string? tag) =>
        (this.file, this.encoding, this.delimiter, Columns, this.tag) = (file, encoding, delimiter, columns, tag);

    public ImportColumns Columns { get; }

    public string EncodingName => encoding.Name;

    public List<ImportRow> Rows { get; } = [];

    /// <param name="file">A seekable stream.</param>
    /// <param name="country">The country in which national numbers are read.</param>
    public static ContactFile Read(Stream file, ImportContacts.Input input, string country, CancellationToken ct)
    {
        var encoding = FileEncoding.Detect(file, input.Charset);
        try
        {
            return Read(file, encoding, input, country, ct);
        }
        catch (DecoderFallbackException)
        {
            throw new FileFault(encoding.FirstBrokenLine(file), "file_encoding_broken");
        }
    }

    /// <summary>Reads the file again and returns the rows that are not rejected, with their index in <see cref="Rows"/>.</summary>
    public IEnumerable<(int Index, ContactDraft Draft)> Drafts()
    {
        var index = 0;
        foreach (var record in Records())
        {
            var row = Rows[index];
            if (row.Phone is not null)
            {
                yield return (index, ContactDraft.From(record, Columns, new PhoneChoice(row.Phone, row.PhoneColumn, []), tag));
            }

            index++;
        }
    }

    private static ContactFile Read(Stream file, FileEncoding encoding, ImportContacts.Input input, string country, CancellationToken ct)
    {
        var (delimiter, columns) = FindHeader(
            file, encoding, input.PhoneColumn, text => PhoneReading.Parse(text, country).Number is not null);
        var contacts = new ContactFile(file, encoding, delimiter, columns, input.Tag);
        foreach (var record in contacts.Records())
        {
            ct.ThrowIfCancellationRequested();
            contacts.Add(record, country);
        }

        return contacts.Rows.Count > 0 ? contacts : throw new FileFault(1, "file_without_rows");
    }

    private void Add(CsvRecord record, string country)
    {
        if (Rows.Count == MaxRows)
        {
            throw new FileFault(record.Line, "file_too_many_rows", MaxRows.ToString(CultureInfo.InvariantCulture));
        }

        var phone = PhoneChoice.Choose(record, Columns, country);
        var draft = ContactDraft.From(record, Columns, phone, tag);
        Rows.Add(new ImportRow(
            record.Line, RowOutcome.Rejected, null, draft.Faults.Count == 0 ? [] : draft.Faults,
                draft.Rejected ? null : draft.Phone, phone.Column));
    }

    private IEnumerable<CsvRecord> Records() => Records(file, encoding, delimiter).Skip(1);

    private static IEnumerable<CsvRecord> Records(Stream file, FileEncoding encoding, char delimiter)
    {
        file.Position = encoding.ByteOrderMarkLength;
        return CsvFile.Read(file, encoding.Encoding, delimiter);
    }

    /// <summary>
    /// Reads the header with each possible delimiter, because a title may contain another delimiter, and returns the one with the clearest
    /// phone column.
    /// </summary>
    private static (char Delimiter, ImportColumns Columns) FindHeader(
        Stream file, FileEncoding encoding, string? phoneColumn, Func<string, bool> isNumber)
    {
        file.Position = encoding.ByteOrderMarkLength;
        var best = DelimiterRanking.Rank(file, encoding.Encoding)
            .Select((delimiter, index) => (Delimiter: delimiter, IsLikeliest: index == 0, Line: ReadHeader(file, encoding, delimiter)))
            .MinBy(candidate => candidate.Line.Fault is null ? ImportColumns.RankTitles(candidate.Line.Header.Values, phoneColumn)
                // A less likely delimiter may split a quoted title; the fault that this causes is not a fault of the file.
                : candidate.IsLikeliest ? PhoneTitles.UnclearRank : int.MaxValue);
        return best.Line.Fault is { } fault
            ? throw fault
            : (best.Delimiter, ImportColumns.From(best.Line.Header, best.Delimiter, phoneColumn, isNumber));
    }

    private static (CsvRecord Header, FileFault? Fault) ReadHeader(Stream file, FileEncoding encoding, char delimiter)
    {
        try
        {
            return Records(file, encoding, delimiter).Cast<CsvRecord?>().FirstOrDefault() is { } header
                ? (header, null)
                : (default, new FileFault(1, "file_empty"));
        }
        catch (FileFault fault)
        {
            return (default, fault);
        }
    }
}
