namespace Relais.Contacts.Import;

/// <param name="Line">The line of the file where the record begins, from 1.</param>
internal readonly record struct CsvRecord(int Line, string[] Values);
