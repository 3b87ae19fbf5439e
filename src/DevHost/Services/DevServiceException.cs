namespace Relais.DevHost.Services;

/// <summary>A development service cannot start; the message says why, and what to do.</summary>
public class DevServiceException(string message, Exception? inner = null) : Exception(message, inner);
