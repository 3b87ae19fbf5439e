namespace Relais.Webhooks;

/// <summary>Whose webhooks these are, and the tokens that may sign them.</summary>
internal sealed record SigningAccount(Guid TenantId, string Token)
{
    /// <summary>How long the token before is accepted after the present one was first seen to sign.</summary>
    public static readonly TimeSpan PreviousTokenGracePeriod = TimeSpan.FromHours(24);

    /// <summary>A token that was replaced is not accepted for longer, even if the new one never signs: the old one may be known to others.</summary>
    public static readonly TimeSpan PreviousTokenMaxAge = TimeSpan.FromDays(7);

    /// <summary>The token before.</summary>
    public string? PreviousToken { get; init; }

    public DateTime? TokenReplacedAt { get; init; }

    /// <summary>Null: the present one has not signed anything yet.</summary>
    public DateTime? PreviousTokenExpiresAt { get; init; }

    public IEnumerable<string> AcceptedTokens(DateTimeOffset now) =>
        PreviousToken is not null && (PreviousTokenExpiresAt is not { } until || now.UtcDateTime < until) && now.UtcDateTime < TokenReplacedAt + PreviousTokenMaxAge ? [Token, PreviousToken] : [Token];

    // the tokens stay out of anything that prints the record
    public override string ToString() => $"account of {TenantId}";
}
