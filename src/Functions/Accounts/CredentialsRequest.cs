using System.ComponentModel.DataAnnotations;
using Relais.Platform;

namespace Relais.Accounts;

/// <summary>Credentials to be stored; the token can be written and never read.</summary>
/// <param name="ApplicationSid">Left out: stays as it is.</param>
internal sealed record CredentialsRequest(
    [property: Required] string? AccountSid = null, [property: Required] string? AuthToken = null, string? ApplicationSid = null)
{
    public Failure? Validate() => new Faults()
        .Check("accountSid", AccountSid is not null, "is required")
        .Check("accountSid", AccountSid is null || RequestFormats.IsAccountSid(AccountSid), RequestFormats.AccountSidFault)
        .Check("authToken", AuthToken is not null, "is required")
        .Check("authToken", AuthToken is null || RequestFormats.IsAuthToken(AuthToken), RequestFormats.AuthTokenFault)
        .Check("applicationSid", ApplicationSid is null || RequestFormats.IsSid(ApplicationSid, "AP"), "must be AP and 32 hexadecimal digits")
        .Failure;

    // the token stays out of anything that prints the record
    public override string ToString() => $"credentials of {AccountSid}";
}

/// <summary>An account as the API shows it.</summary>
internal sealed record AccountView
{
    public const string Columns = "account_sid, friendly_name, state, is_trial as trial, application_sid, checked_at";

    public required string AccountSid { get; init; }
    public required string FriendlyName { get; init; }

    /// <summary>rejected: the token is not accepted any more.</summary>
    [AllowedValues("active", "rejected", "suspended", "closed")]
    public required string State { get; init; }
    public required bool Trial { get; init; }
    public string? ApplicationSid { get; init; }

    /// <summary>When the provider was last asked.</summary>
    public DateTime? CheckedAt { get; init; }
}
