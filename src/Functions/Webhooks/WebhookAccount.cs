namespace Relais.Webhooks;

/// <summary>The tenant that receives the webhooks of an account, and the auth tokens that may have signed them.</summary>
/// <param name="Token">The current auth token.</param>
internal sealed record WebhookAccount(Guid TenantId, string Token)
{
    /// <summary>How long the previous token is still accepted after the current one first signed a webhook.</summary>
    public static readonly TimeSpan PreviousTokenGracePeriod = TimeSpan.FromHours(24);

    /// <summary>
    /// How long the previous token is accepted at most, even if the current one never signs a webhook: a token may have been replaced
    /// because others know it.
    /// </summary>
    public static readonly TimeSpan PreviousTokenMaxAge = TimeSpan.FromDays(7);

    /// <summary>The token that the current one replaced; null: there is none.</summary>
    public string? PreviousToken { get; init; }

    public DateTime? TokenReplacedAt { get; init; }

    /// <summary>When the previous token expires; null: the current token has not signed a webhook yet.</summary>
    public DateTime? PreviousTokenExpiresAt { get; init; }

    public IEnumerable<string> AcceptedTokens(DateTimeOffset now) =>
        PreviousToken is not null
        && (PreviousTokenExpiresAt is not { } expiresAt || now.UtcDateTime < expiresAt)
        && now.UtcDateTime < TokenReplacedAt + PreviousTokenMaxAge
            ? [Token, PreviousToken]
            : [Token];

    // Hides the tokens from logs and exceptions that print the record.
    public override string ToString() => $"account of {TenantId}";
}
