namespace Relais.Access.Keys;

/// <summary>A valid API key with its caller and the slug of its tenant.</summary>
internal sealed record CachedApiKey(Guid Id, Caller Caller, string Slug);
