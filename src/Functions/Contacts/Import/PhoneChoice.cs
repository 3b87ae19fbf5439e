namespace Relais.Contacts.Import;

/// <summary>The phone number of a row: the first readable number of its phone columns.</summary>
/// <param name="Number">The number in E.164; null when no column has a readable number.</param>
/// <param name="Column">The index of the column with the number; -1 when there is no number.</param>
/// <param name="Faults">The fault codes; warnings when there is a number.</param>
internal sealed record PhoneChoice(string? Number, int Column, IReadOnlyList<string> Faults)
{
    // Google Contacts writes several numbers with the same label into one value.
    private const string NumberSeparator = ":::";

    public static PhoneChoice Choose(CsvRecord record, ImportColumns columns, string country)
    {
        var (skipped, firstFault) = (new List<string>(), (string?)null);
        foreach (var column in columns.Phones)
        {
            if (ImportColumns.ReadValue(record, column) is not { Length: > 0 } value)
            {
                continue;
            }

            var reading = value.Split(NumberSeparator)
                .Select(text => PhoneReading.Parse(text, country))
                .OrderBy(candidate => candidate.Number is null)
                .First();
            if (reading.Number is not null)
            {
                return new PhoneChoice(reading.Number, column, reading.Fault is null ? skipped : [.. skipped, reading.Fault]);
            }

            // ContactDraft reports a line break as a fault of its own.
            firstFault ??= value.AsSpan().IndexOfAny('\r', '\n') < 0 ? reading.Fault : "";
            // A column such as "WhatsApp" may contain yes or no instead of a number: no warning then.
            if (value.Any(char.IsDigit))
            {
                skipped.Add($"phone_skipped:{columns.ColumnName(column)}");
            }
        }

        return new PhoneChoice(null, -1, firstFault is "" ? [] : [firstFault ?? "phone_missing"]);
    }
}
