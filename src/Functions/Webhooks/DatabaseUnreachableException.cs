namespace Relais.Webhooks;

/// <summary>No connection to the database could be opened. Nothing was written.</summary>
internal sealed class DatabaseUnreachableException(Exception inner) : Exception("The database cannot be reached.", inner);
