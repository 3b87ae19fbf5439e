using System.ComponentModel.DataAnnotations;

namespace Relais.Platform.Secrets;

/// <summary>Settings under Secrets: the keys that encrypt provider secrets.</summary>
internal sealed class SecretsOptions : IValidatableObject
{
    public const string Section = "Secrets";

    /// <summary>Name of the key in <see cref="Keys"/> that encrypts new secrets.</summary>
    [Required(ErrorMessage = "{0} is missing: the name of the key that seals provider secrets.")]
    public string? ActiveKey { get; init; }

    /// <summary>Key name to key: 32 bytes in base64.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; init; } = new Dictionary<string, string>();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, text) in Keys)
        {
            if (KeySetting.FindFault(text) is { } fault)
            {
                yield return new ValidationResult($"Secrets__Keys__{name} {fault}");
            }
        }

        if (!string.IsNullOrWhiteSpace(ActiveKey) && !Keys.ContainsKey(ActiveKey))
        {
            yield return new ValidationResult(
                "Secrets__ActiveKey names a key that is missing: add the setting Secrets__Keys__ with that name.");
        }
    }
}
