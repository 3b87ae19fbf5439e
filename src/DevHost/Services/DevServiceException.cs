namespace Relais.DevHost.Services;

/// <summary>A development service that cannot start; the message says what to do.</summary>
public class DevServiceException(string message, Exception? inner = null) : Exception(message, inner);
