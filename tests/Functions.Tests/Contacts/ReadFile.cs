using System.Text;
using Relais.Contacts.Import;

namespace Functions.Tests.Contacts;

/// <summary>Reads a contact file as an import does, without a database.</summary>
internal static class ReadFile
{
    public static ContactFile Of(
        byte[] file, string country = "GN", string? phoneColumn = null, string? charset = null, string? tag = null) =>
        ContactFile.Read(
            new MemoryStream(file), new ImportContacts.Input(Stream.Null, "", tag, DryRun: false, phoneColumn, charset), country, default);

    public static ContactFile Of(string text, string country = "GN", string? phoneColumn = null) =>
        Of(Encoding.UTF8.GetBytes(text), country, phoneColumn);

    /// <summary>Returns the line and the code of the fault for which the whole file is refused.</summary>
    public static (int Line, string Code) FaultOf(byte[] file, string country = "GN", string? phoneColumn = null)
    {
        var fault = Assert.Throws<FileFault>(() => Of(file, country, phoneColumn));
        return (fault.Line, fault.Code);
    }

    public static (int Line, string Code) FaultOf(string text, string country = "GN", string? phoneColumn = null) =>
        FaultOf(Encoding.UTF8.GetBytes(text), country, phoneColumn);

    /// <summary>Returns the line, the number and the faults of each row as one text.</summary>
    public static IEnumerable<string> RowsOf(string text, string country = "GN", string? phoneColumn = null) =>
        RowsOf(Of(text, country, phoneColumn));

    public static IEnumerable<string> RowsOf(ContactFile file) =>
        file.Rows.Select(row => $"{row.Line} {row.Phone ?? "-"} {string.Join(",", row.Faults)}".Trim());
}
