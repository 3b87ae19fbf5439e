using System.ComponentModel.DataAnnotations;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Accounts;

/// <summary>Credentials to be stored. The token can be written but not read.</summary>
/// <param name="ApplicationSid">Null: the stored value stays unchanged.</param>
internal sealed record CredentialsRequest(
    [property: Required] string? AccountSid = null, [property: Required] string? AuthToken = null, string? ApplicationSid = null)
{
    public Failure? Validate() => new FaultList()
        .Check("accountSid", AccountSid is not null, "is required")
        .Check("accountSid", AccountSid is null || RequestFormats.IsAccountSid(AccountSid), RequestFormats.AccountSidFault)
        .Check("authToken", AuthToken is not null, "is required")
        .Check("authToken", AuthToken is null || RequestFormats.IsAuthToken(AuthToken), RequestFormats.AuthTokenFault)
        .Check(
            "applicationSid",
            ApplicationSid is null || RequestFormats.IsSid(ApplicationSid, "AP"),
            "must be AP and 32 hexadecimal digits")
        .Failure;

    // Overridden so that logs of the record do not contain the auth token.
    public override string ToString() => $"credentials of {AccountSid}";
}
