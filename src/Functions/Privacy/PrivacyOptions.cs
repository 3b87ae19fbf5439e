using System.ComponentModel.DataAnnotations;
using Relais.Platform.Secrets;

namespace Relais.Privacy;

/// <summary>Settings under Privacy.</summary>
internal sealed class PrivacyOptions : IValidatableObject
{
    public const string Section = "Privacy";

    /// <summary>32 bytes in base64: by it erased persons are recognised. With another key they are not, so it stays for good. Empty: nobody can be erased.</summary>
    public string? HashKey { get; init; }

    public byte[]? ReadKey() => string.IsNullOrWhiteSpace(HashKey) ? null : KeySetting.Read(HashKey);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        string.IsNullOrWhiteSpace(HashKey) || KeySetting.FindFault(HashKey) is not { } fault ? [] : [new ValidationResult($"Privacy__HashKey {fault}")];
}
