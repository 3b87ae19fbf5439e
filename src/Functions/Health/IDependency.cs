namespace Relais.Health;

/// <summary>A service that the app needs, with the cheapest check of its availability.</summary>
internal interface IDependency
{
    string Name { get; }

    /// <summary>Completes if the service is available, and throws otherwise.</summary>
    Task CheckAsync(CancellationToken ct);

    /// <summary>Returns true if the exception means that the service is unavailable, and false if it is an error in the check.</summary>
    bool IsUnavailable(Exception failure);
}
