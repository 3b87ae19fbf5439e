namespace Relais.Privacy;

/// <summary>Settings under Privacy.</summary>
internal sealed class PrivacyOptions
{
    public const string Section = "Privacy";

    /// <summary>32 bytes in base64: by it erased persons are recognised. With another key they are not, so it stays for good. Empty: nobody can be erased.</summary>
    public string? HashKey { get; init; }
}
