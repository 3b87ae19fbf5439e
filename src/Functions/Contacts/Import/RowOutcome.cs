namespace Relais.Contacts.Import;

/// <summary>What an import did with one row of its file.</summary>
internal static class RowOutcome
{
    public const string Created = "created";
    public const string Updated = "updated";
    public const string Duplicate = "duplicate";
    public const string Rejected = "rejected";
}
