namespace Relais.Access;

/// <summary>What is wrong with a name that people read: of a tenant, a key, somebody invited. Pure.</summary>
internal static class NameValidation
{
    private const int MaxLength = 200;

    public static string[] Validate(string? name, bool isRequired = true) =>
    [
        .. isRequired && string.IsNullOrWhiteSpace(name) ? ["is required"] : Array.Empty<string>(),
        .. name is { Length: > MaxLength } ? [$"may have {MaxLength} characters at most"] : Array.Empty<string>(),
        .. name?.Any(char.IsControl) == true ? ["must not contain control characters"] : Array.Empty<string>(),
    ];
}
