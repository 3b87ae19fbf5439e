using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Relais.DevHost.Services;

namespace Relais.DevHost.Issuer;

public sealed record DevIssuerOptions
{
    /// <summary>0 is any free port.</summary>
    public int Port { get; init; }

    /// <summary>What the access tokens are for.</summary>
    public string Audience { get; init; } = "relais";

    /// <summary>The key pair that signs; another one each time unless it is given.</summary>
    public string Key { get; init; } = SigningKey.NewText();

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(8);
}

/// <summary>An OpenID Connect issuer for this machine, where everybody may be anybody of the demo.</summary>
public sealed class DevIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly IssuerTokens tokens;

    private DevIssuer(WebApplication app, IssuerTokens tokens, string address, string audience)
    {
        (this.app, this.tokens) = (app, tokens);
        (Address, Audience) = (address, audience);
    }

    /// <summary>The issuer as its tokens name it: without a slash at the end.</summary>
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
        app.Use(OnThisMachineAsync);
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

    /// <summary>What this person would get by signing in.</summary>
    public string AccessTokenFor(DemoUser user) => tokens.AccessToken(user);

    /// <summary>Signs with a new key from now on.</summary>
    /// <param name="keepOld">Whether the old one is still published.</param>
    public void Rotate(bool keepOld = true) => tokens.Rotate(keepOld);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        tokens.Dispose();
    }

    /// <summary>Pages of this machine may read the answers; a page of elsewhere that had a name point here may not.</summary>
    private static async Task OnThisMachineAsync(HttpContext http, RequestDelegate next)
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
