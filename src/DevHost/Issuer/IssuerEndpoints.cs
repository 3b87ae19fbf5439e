using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Relais.DevHost.Issuer;

/// <summary>The OpenID Connect endpoints that the app and its admin site need.</summary>
internal sealed class IssuerEndpoints(string issuer, IssuerTokens tokens, SignInCodes codes)
{
    private static readonly string[] ResponseTypes = ["code"];
    private static readonly string[] Grants = ["authorization_code", "password"];
    private static readonly string[] SubjectTypes = ["public"];
    private static readonly string[] Algorithms = ["ES256"];
    private static readonly string[] ChallengeMethods = ["S256"];
    private static readonly string[] Scopes = ["openid", "profile", "email"];
    private static readonly string[] ClientAuthentication = ["none"];

    public void Map(WebApplication app)
    {
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(Discovery()));
        app.MapGet("/keys", () => Results.Json(tokens.KeySet));
        app.MapGet("/authorize", http => SignInRequest.From(http.Request.Query, tokens.Audience, out var fault) is null
            ? SignInPage.ShowFaultAsync(http, fault)
            : SignInPage.ShowAsync(http));
        app.MapPost("/authorize", SignInAsync);
        app.MapPost("/token", (Delegate)TokenAsync);
        app.MapGet("/sign-out", SignOutAsync);
    }

    private object Discovery() => new
    {
        issuer,
        authorization_endpoint = $"{issuer}/authorize",
        token_endpoint = $"{issuer}/token",
        jwks_uri = $"{issuer}/keys",
        end_session_endpoint = $"{issuer}/sign-out",
        response_types_supported = ResponseTypes,
        grant_types_supported = Grants,
        subject_types_supported = SubjectTypes,
        id_token_signing_alg_values_supported = Algorithms,
        code_challenge_methods_supported = ChallengeMethods,
        scopes_supported = Scopes,
        token_endpoint_auth_methods_supported = ClientAuthentication,
    };

    private async Task SignInAsync(HttpContext http)
    {
        if (SignInRequest.From(http.Request.Query, tokens.Audience, out var fault) is not { } request)
        {
            await SignInPage.ShowFaultAsync(http, fault);
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (DemoUser.Find(form["user"]) is not { } user)
        {
            await SignInPage.ShowAsync(http);
            return;
        }

        http.Response.Headers.CacheControl = "no-store";
        http.Response.Redirect(request.RedirectUrl(codes.Issue(request, user)));
    }

    private async Task<IResult> TokenAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!http.Request.HasFormContentType)
        {
            return ErrorResponse("invalid_request");
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        string Field(string name) => form[name].ToString();
        switch (Field("grant_type"))
        {
            case "authorization_code":
                return codes.Redeem(Field("code"), Field("client_id"), Field("redirect_uri"), Field("code_verifier")) is { } signedIn
                    ? TokenResponse(signedIn.User, tokens.IdToken(signedIn.User, signedIn.Request.ClientId, signedIn.Request.Nonce))
                    : ErrorResponse("invalid_grant");
            case "password":
                return DemoUser.Find(Field("username")) is { } user && Field("password") == DemoUser.Password
                    ? TokenResponse(user, null)
                    : ErrorResponse("invalid_grant");
            default:
                return ErrorResponse("unsupported_grant_type");
        }
    }

    private static Task SignOutAsync(HttpContext http)
    {
        if (Uri.TryCreate(http.Request.Query["post_logout_redirect_uri"], UriKind.Absolute, out var returnUrl)
            && returnUrl is { IsLoopback: true, Scheme: "http" or "https" })
        {
            http.Response.Redirect(returnUrl.ToString());
            return Task.CompletedTask;
        }

        return SignInPage.ShowSignedOutAsync(http);
    }

    private IResult TokenResponse(DemoUser user, string? idToken) => Results.Json(new
    {
        access_token = tokens.AccessToken(user),
        token_type = "Bearer",
        expires_in = tokens.LifetimeSeconds,
        id_token = idToken,
    });

    private static IResult ErrorResponse(string error) => Results.Json(new { error }, statusCode: StatusCodes.Status400BadRequest);
}
