using Microsoft.AspNetCore.Http;

namespace Relais.DevHost.Issuer;

/// <summary>What a client asks of the sign-in page: the authorization-code flow with PKCE, back to an address on this machine.</summary>
internal sealed record SignInRequest(string ClientId, string RedirectUri, string? State, string Challenge, string? Nonce)
{
    private const int ChallengeLength = 43;

    /// <param name="query">Of /authorize.</param>
    /// <param name="audience">Of the access tokens.</param>
    /// <param name="fault">What is wrong, for the developer.</param>
    public static SignInRequest? From(IQueryCollection query, string audience, out string fault)
    {
        string? One(string name) => query[name] is [{ Length: > 0 } value] ? value : null;

        fault = "";
        if (!Uri.TryCreate(One("redirect_uri"), UriKind.Absolute, out var redirect) || !redirect.IsLoopback || redirect.Fragment.Length > 0 || redirect.Scheme is not ("http" or "https"))
        {
            fault = "redirect_uri must be an address of this machine";
        }
        else if (One("client_id") is null || One("response_type") != "code")
        {
            fault = "client_id is required, and response_type must be code";
        }
        else if (One("client_id") == audience)
        {
            fault = "client_id must not be the audience of the access tokens: an ID token would pass for one";
        }
        else if (One("code_challenge_method") != "S256" || One("code_challenge") is not { Length: ChallengeLength })
        {
            fault = "code_challenge_method must be S256, with a code_challenge of 43 characters";
        }

        return fault.Length == 0 ? new SignInRequest(One("client_id")!, One("redirect_uri")!, One("state"), One("code_challenge")!, One("nonce")) : null;
    }

    public string RedirectUrl(string code) =>
        $"{RedirectUri}{(RedirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?')}code={Uri.EscapeDataString(code)}{(State is null ? "" : $"&state={Uri.EscapeDataString(State)}")}";
}
