namespace FunctionsHost;

/// <summary>The address at which clients reach the HTTP triggers: routes, methods, CORS, and the limit of a body.</summary>
internal static class HttpFront
{
    public static async Task<WebApplication> StartAsync(HostParts parts, CancellationToken ct)
    {
        var settings = parts.Settings;
        // empty, because settings of the environment and of files beside the host are meant for the app
        var builder = WebApplication.CreateEmptyBuilder(new());
        Logs.ForHost(builder.Logging, settings);
        // HostRun limits the time of a stop
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.WebHost.UseKestrelCore().UseUrls(settings.Url.Split(';')).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.BodyLimit;
            // what is no ASCII goes through as it came
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
        });
        builder.Services.AddSingleton(_ => new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        }));
        builder.Services.AddSingleton(parts).AddSingleton<HttpFunction>();
        builder.Services.AddRouting().AddHttpForwarder().AddCors(cors => cors.AddDefaultPolicy(policy => SetCors(policy, settings)));
        var web = builder.Build();
        Map(web, parts);
        try
        {
            await web.StartAsync(ct);
            return web;
        }
        catch (Exception e) when (e.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
        {
            // by a process that took the port since it was checked
            throw StartChecks.PortInUse(settings);
        }
    }

    private static void Map(WebApplication web, HostParts parts)
    {
        if (parts.Settings.CorsOrigins.Length > 0)
        {
            web.UseCors();
        }

        web.UseRouting();
        // the real host answers 404 to a method that is not listed, where ASP.NET Core would answer 405
        web.MapFallback("{**path}", TypedResults.NotFound);
        var handler = web.Services.GetRequiredService<HttpFunction>();
        foreach (var function in parts.Functions.Where(function => function.Kind == TriggerKind.Http))
        {
            var route = function.Trigger["route"] is { Length: > 0 } given ? given : function.Name;
            var path = $"/{parts.Settings.RoutePrefix}/{route}".Replace("//", "/", StringComparison.Ordinal);
            string[] methods = [.. function.Trigger.GetSection("methods").GetChildren().Select(method => method.Value!.ToUpperInvariant())];
            RequestDelegate handle = context => handler.HandleAsync(context, function);
            try
            {
                _ = methods is [] ? web.Map(path, handle) : web.MapMethods(path, methods, handle);
            }
            catch (RoutePatternException e)
            {
                throw new StartException(
                    $"The route of {function.Name} is not valid ({e.Message.TrimEnd('.')}): correct its HttpTrigger attribute.");
            }
        }
    }

    private static void SetCors(CorsPolicyBuilder policy, HostSettings settings)
    {
        policy.AllowAnyHeader().AllowAnyMethod().WithOrigins(settings.CorsOrigins);
        // a browser accepts no credentials from any origin, and the policy refuses the combination
        if (settings.CorsCredentials && !settings.CorsOrigins.Contains("*"))
        {
            policy.AllowCredentials();
        }
    }
}
