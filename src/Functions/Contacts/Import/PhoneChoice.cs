namespace Relais.Contacts.Import;

/// <summary>The number of a row: of several columns the first one with a number that can be read. Pure.</summary>
/// <param name="Column">Where the number stands, -1 when there is none.</param>
/// <param name="Faults">Why there is none; or warnings.</param>
internal sealed record PhoneChoice(string? Number, int Column, IReadOnlyList<string> Faults)
{
    // Google Contacts writes the numbers of one label into one value
    private const string Several = ":::";

    public static PhoneChoice Choose(CsvRecord record, ImportColumns columns, string country)
    {
        var (skipped, first) = (new List<string>(), (string?)null);
        foreach (var column in columns.Phones)
        {
            if (ImportColumns.ReadValue(record, column) is not { Length: > 0 } value)
            {
                continue;
            }

            var reading = value.Split(Several).Select(text => PhoneReading.Parse(text, country)).OrderBy(one => one.Number is null).First();
            if (reading.Number is not null)
            {
                return new PhoneChoice(reading.Number, column, reading.Fault is null ? skipped : [.. skipped, reading.Fault]);
            }

            // a line break is a fault of its own
            first ??= value.AsSpan().IndexOfAny('\r', '\n') < 0 ? reading.Fault : "";
            // a column such as "WhatsApp" may only say whether there is a number
            if (value.Any(char.IsDigit))
            {
                skipped.Add($"phone_skipped:{columns.ColumnName(column)}");
            }
        }

        return new PhoneChoice(null, -1, first is "" ? [] : [first ?? "phone_missing"]);
    }
}
