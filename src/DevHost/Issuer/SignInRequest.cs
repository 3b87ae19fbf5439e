using Microsoft.AspNetCore.Http;

namespace Relais.DevHost.Issuer;

/// <summary>A valid request for the sign-in page: the authorization-code flow with PKCE, with a redirect to this machine.</summary>
internal sealed record SignInRequest(string ClientId, string RedirectUri, string? State, string Challenge, string? Nonce)
{
    private const int ChallengeLength = 43;

    /// <param name="query">The query of /authorize.</param>
    /// <param name="audience">The audience of the access tokens.</param>
    /// <param name="fault">The error message for the developer; empty when the request is valid.</param>
    /// <returns>Null when the request is invalid.</returns>
    public static SignInRequest? From(IQueryCollection query, string audience, out string fault)
    {
        string? Parameter(string name) => query[name] is [{ Length: > 0 } value] ? value : null;

        fault = "";
        if (!Uri.TryCreate(Parameter("redirect_uri"), UriKind.Absolute, out var redirect)
            || !redirect.IsLoopback
            || redirect.Fragment.Length > 0
            || redirect.Scheme is not ("http" or "https"))
        {
            fault = "redirect_uri must be an address of this machine";
        }
        else if (Parameter("client_id") is null || Parameter("response_type") != "code")
        {
            fault = "client_id is required, and response_type must be code";
        }
        else if (Parameter("client_id") == audience)
        {
            fault = "client_id must not be the audience of the access tokens: otherwise an ID token would be accepted as an access token";
        }
        else if (Parameter("code_challenge_method") != "S256" || Parameter("code_challenge") is not { Length: ChallengeLength })
        {
            fault = "code_challenge_method must be S256, with a code_challenge of 43 characters";
        }

        return fault.Length == 0
            ? new SignInRequest(
                Parameter("client_id")!, Parameter("redirect_uri")!, Parameter("state"), Parameter("code_challenge")!, Parameter("nonce"))
            : null;
    }

    public string RedirectUrl(string code)
    {
        var separator = RedirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var state = State is null ? "" : $"&state={Uri.EscapeDataString(State)}";
        return $"{RedirectUri}{separator}code={Uri.EscapeDataString(code)}{state}";
    }
}
