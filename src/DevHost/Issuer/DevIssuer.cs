using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Relais.DevHost.Services;

namespace Relais.DevHost.Issuer;

/// <summary>Options of the development issuer.</summary>
public sealed record DevIssuerOptions
{
    /// <summary>The preferred port; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>The audience (aud claim) of the access tokens.</summary>
    public string Audience { get; init; } = "relais";

    /// <summary>The key pair that signs the tokens; by default a new one for each instance.</summary>
    public string Key { get; init; } = SigningKey.NewText();

    /// <summary>How long a token is valid.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(8);
}

/// <summary>An OpenID Connect issuer for development, at which anyone on this machine can sign in as any demo user.</summary>
public sealed class DevIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly IssuerTokens tokens;

    private DevIssuer(WebApplication app, IssuerTokens tokens, string address, string audience)
    {
        (this.app, this.tokens) = (app, tokens);
        (Address, Audience) = (address, audience);
    }

    /// <summary>The issuer identifier (iss claim), without a slash at the end.</summary>
    public string Address { get; }

    public string Audience { get; }

    public static Task<DevIssuer> StartAsync(DevIssuerOptions options, CancellationToken ct = default) =>
        Ports.ListenAsync(options.Port, port => StartOnAsync(options, port, ct));

    private static async Task<DevIssuer> StartOnAsync(DevIssuerOptions options, int port, CancellationToken ct)
    {
        var address = $"http://127.0.0.1:{port}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        app.Use(AllowThisMachineOnlyAsync);
        var tokens = new IssuerTokens(address, options, TimeProvider.System);
        new IssuerEndpoints(address, tokens, new SignInCodes(TimeProvider.System)).Map(app);
        var issuer = new DevIssuer(app, tokens, address, options.Audience);
        try
        {
            await app.StartAsync(ct);
            return issuer;
        }
        catch
        {
            await issuer.DisposeAsync();
            throw;
        }
    }

    /// <returns>The access token that this user would get by signing in.</returns>
    public string AccessTokenFor(DemoUser user) => tokens.AccessToken(user);

    /// <summary>Creates a new signing key.</summary>
    /// <param name="keepOld">True: the old keys stay published, so that their tokens stay valid.</param>
    public void Rotate(bool keepOld = true) => tokens.Rotate(keepOld);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        tokens.Dispose();
    }

    /// <summary>
    /// Lets web pages of this machine read the responses (CORS). The check of the host name blocks pages of other sites whose DNS name
    /// resolves to this machine (DNS rebinding).
    /// </summary>
    private static async Task AllowThisMachineOnlyAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Host.Host is not ("127.0.0.1" or "localhost"))
        {
            http.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return;
        }

        if (Uri.TryCreate(http.Request.Headers.Origin, UriKind.Absolute, out var origin) && origin.IsLoopback)
        {
            http.Response.Headers.AccessControlAllowOrigin = http.Request.Headers.Origin;
            http.Response.Headers.AccessControlAllowHeaders = "authorization, content-type";
            http.Response.Headers.Vary = "Origin";
        }

        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await next(http);
    }
}
