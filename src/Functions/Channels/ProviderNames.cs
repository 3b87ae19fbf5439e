namespace Relais.Channels;

/// <summary>The names of providers as they are stored in the database.</summary>
internal static class ProviderNames
{
    /// <summary>The provider of numbers and messages.</summary>
    public const string Current = "twilio";

    /// <summary>
    /// All providers of stored events, as an SQL list. A query that names all of them can use an index whose first column is the provider.
    /// </summary>
    public const string AllInSql = "'twilio', 'meta'";
}
