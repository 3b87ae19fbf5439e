namespace Relais.Access.Keys;

/// <summary>Validates a request to create an API key. Pure.</summary>
internal static class ApiKeyValidation
{
    private static readonly string[] Scopes = [.. Enum.GetNames<Scope>().Select(scope => scope.ToLowerInvariant())];

    /// <returns>The faults by field; empty if the request is valid.</returns>
    public static Dictionary<string, string[]> Validate(CreateApiKey.Input input, DateTimeOffset now)
    {
        var faults = new Dictionary<string, string[]>();
        if (NameValidation.Validate(input.Name) is { Length: > 0 } nameFaults)
        {
            faults.Add("name", nameFaults);
        }

        if (input.Scopes is not { Count: > 0 } scopes)
        {
            faults.Add("scopes", [input.Scopes is null ? "is required" : "must name at least one scope"]);
        }
        else if (!(scopes is [CreateApiKey.AllScopes] || scopes.All(Scopes.Contains)))
        {
            faults.Add("scopes", [$"must be some of {string.Join(", ", Scopes)}, or '{CreateApiKey.AllScopes}' alone"]);
        }

        if (input.ExpiresAt <= now)
        {
            faults.Add("expiresAt", ["must be in the future"]);
        }

        return faults;
    }
}
