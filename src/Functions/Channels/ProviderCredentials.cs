namespace Relais.Channels;

/// <summary>An account at the provider with its decrypted auth token. Keep it only for the duration of a few calls.</summary>
internal sealed record ProviderCredentials(string Sid, string Token)
{
    // Hides the token from logs and exceptions that print the record.
    public override string ToString() => $"account {Sid}";
}
