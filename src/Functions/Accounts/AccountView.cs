using System.ComponentModel.DataAnnotations;

namespace Relais.Accounts;

/// <summary>An account as the API shows it.</summary>
internal sealed record AccountView
{
    public const string Columns = "account_sid, friendly_name, state, is_trial as trial, application_sid, checked_at";

    public required string AccountSid { get; init; }
    public required string FriendlyName { get; init; }

    /// <summary>rejected means that the provider no longer accepts the token.</summary>
    [AllowedValues(AccountState.Active, AccountState.Rejected, AccountState.Suspended, AccountState.Closed)]
    public required string State { get; init; }
    public required bool Trial { get; init; }
    public string? ApplicationSid { get; init; }

    /// <summary>The time of the last check with the provider.</summary>
    public DateTime? CheckedAt { get; init; }
}
