namespace Relais.Webhooks;

/// <summary>No connection was opened, so nothing can have been written.</summary>
internal sealed class DatabaseUnreachableException(Exception inner) : Exception("The database cannot be reached.", inner);
