namespace Relais.Webhooks;

/// <summary>The result of looking up the account that a webhook names.</summary>
internal abstract record AccountLookup
{
    /// <summary>A tenant has connected the account.</summary>
    internal sealed record Found(WebhookAccount Account) : AccountLookup;

    /// <summary>No tenant has connected the account.</summary>
    internal sealed record Unknown : AccountLookup;

    /// <summary>The account is not cached and was not looked up, because the caller has used up its limit for such lookups.</summary>
    internal sealed record LimitReached : AccountLookup;

    /// <param name="account">The account that was read; null: the database has no such account.</param>
    public static AccountLookup From(WebhookAccount? account) => account is null ? new Unknown() : new Found(account);
}
