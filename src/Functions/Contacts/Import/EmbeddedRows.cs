namespace Relais.Contacts.Import;

/// <summary>
/// Finds values that contain other rows of the file: if a quotation mark is not closed in its row, the rows up to the next quotation mark
/// become part of the value.
/// </summary>
internal static class EmbeddedRows
{
    /// <returns>The fault code with the column after a colon; null when there is no such value.</returns>
    public static string? FindFault(CsvRecord record, ImportColumns columns)
    {
        for (var i = 0; i < record.Values.Length; i++)
        {
            var value = record.Values[i].AsSpan().Trim();
            if (value.IndexOfAny('\r', '\n') < 0)
            {
                continue;
            }

            if (columns.ForbidsLineBreaks(i))
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
