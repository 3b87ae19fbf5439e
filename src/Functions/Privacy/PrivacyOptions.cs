using System.ComponentModel.DataAnnotations;
using Relais.Platform.Secrets;

namespace Relais.Privacy;

/// <summary>Settings under Privacy.</summary>
internal sealed class PrivacyOptions : IValidatableObject
{
    public const string Section = "Privacy";

    /// <summary>
    /// The key of the hashes under which the opt-outs of erased persons are kept: 32 bytes in base64. Never change it, because hashes of
    /// another key are not recognised. When it is empty, no person can be erased.
    /// </summary>
    public string? HashKey { get; init; }

    /// <returns>Null when no key is set.</returns>
    public byte[]? ReadKey() => string.IsNullOrWhiteSpace(HashKey) ? null : KeySetting.Read(HashKey);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        string.IsNullOrWhiteSpace(HashKey) || KeySetting.FindFault(HashKey) is not { } fault
            ? []
            : [new ValidationResult($"Privacy__HashKey {fault}")];
}
