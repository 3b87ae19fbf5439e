namespace Relais.Channels;

/// <summary>The names of providers in the database.</summary>
internal static class ProviderNames
{
    /// <summary>The provider of numbers and messages.</summary>
    public const string Current = "twilio";

    /// <summary>Every provider that a stored event may come from, as an SQL list: an index that begins with the provider can then be used.</summary>
    public const string AllInSql = "'twilio', 'meta'";
}
