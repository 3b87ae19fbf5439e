namespace Relais.Contacts.Import;

/// <summary>
/// Finds values that hold other rows of the file: a quotation mark that is closed in a later row makes one value of the rows between. Pure.
/// </summary>
internal static class EmbeddedRows
{
    public static string? FindFault(CsvRecord record, ImportColumns columns)
    {
        for (var i = 0; i < record.Values.Length; i++)
        {
            var value = record.Values[i].AsSpan().Trim();
            if (value.IndexOfAny('\r', '\n') < 0)
            {
                continue;
            }

            if (columns.IsOneLine(i))
            {
                return $"line_break:{columns.ColumnName(i)}";
            }

            if (value.ToString().Split('\r', '\n').Skip(1).Any(columns.LooksLikeRow))
            {
                return $"rows_in_value:{columns.ColumnName(i)}";
            }
        }

        return null;
    }
}
