namespace Relais.Contacts.Import;

/// <summary>A row of the file with its outcome.</summary>
/// <param name="Phone">The number in E.164; null when the row is rejected.</param>
/// <param name="PhoneColumn">The index of the column with the number; -1 when there is no number.</param>
internal sealed record ImportRow(int Line, string Outcome, Guid? ContactId, IReadOnlyList<string> Faults, string? Phone, int PhoneColumn);
