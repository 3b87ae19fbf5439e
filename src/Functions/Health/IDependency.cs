namespace Relais.Health;

/// <summary>Something without which the app cannot work, and the cheapest question to it.</summary>
internal interface IDependency
{
    string Name { get; }

    Task CheckAsync(CancellationToken ct);

    /// <summary>Whether the exception means that the dependency cannot be used, and not that the question is wrong.</summary>
    bool IsUnavailable(Exception failure);
}
