namespace Relais.Access;

/// <summary>Validates the display name of a tenant, an API key or an invited person. Pure.</summary>
internal static class NameValidation
{
    private const int MaxLength = 200;

    /// <returns>The faults; empty if the name is valid.</returns>
    public static string[] Validate(string? name, bool isRequired = true) =>
    [
        .. isRequired && string.IsNullOrWhiteSpace(name) ? ["is required"] : Array.Empty<string>(),
        .. name is { Length: > MaxLength } ? [$"may have {MaxLength} characters at most"] : Array.Empty<string>(),
        .. name?.Any(char.IsControl) == true ? ["must not contain control characters"] : Array.Empty<string>(),
    ];
}
