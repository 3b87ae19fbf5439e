namespace Relais.Accounts;

/// <summary>The states of a provider account. The provider uses the same words, except for <c>rejected</c> credentials.</summary>
internal static class AccountState
{
    public const string Active = "active";
    public const string Rejected = "rejected";
    public const string Suspended = "suspended";
    public const string Closed = "closed";
}
