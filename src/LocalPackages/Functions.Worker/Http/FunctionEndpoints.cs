using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Execution;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Routes of the HTTP functions on ASP.NET Core's endpoint routing.</summary>
internal static class FunctionEndpoints
{
    public static void Map(WebApplication app, IFunctionCatalog catalog, bool servesHttp)
    {
        var functions = catalog.Functions.Where(f => f.TriggerAttribute is HttpTriggerAttribute).ToArray();
        var prefix = (HostJson.Text(app.Configuration, "extensions:http:routePrefix") ?? "api").Trim('/');
        var faults = new List<string>();
        if (functions.Length > 0 && !servesHttp)
        {
            faults.Add("There are HTTP functions, but ConfigureFunctionsWebApplication() was not called.");
        }

        var endpoints = functions.Select(f => Endpoint(app, f, prefix, faults)).OfType<RouteEndpoint>().ToArray();
        faults.AddRange(Clashes(endpoints));
        if (faults.Count > 0)
        {
            throw FunctionDiscovery.Refuse(faults);
        }

        ((IEndpointRouteBuilder)app).DataSources.Add(new DefaultEndpointDataSource(endpoints));
        Cors.Use(app);
        app.UseRouting();
        app.Run(ServeAsync);
    }

    private static Task ServeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<HttpFunction>() is { } function)
        {
            return function.ServeAsync(http);
        }

        if (http.Request.Path.Value is "/" or "" && HttpMethods.IsGet(http.Request.Method))
        {
            return http.Response.WriteAsync("The Functions app is running.");
        }

        // also for a route that exists with other methods: the published host does not say 405
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static RouteEndpoint? Endpoint(WebApplication app, LocalFunction function, string prefix, List<string> faults)
    {
        var trigger = (HttpTriggerAttribute)function.TriggerAttribute;
        var route = $"{prefix}/{(trigger.Route ?? function.Name).TrimStart('/')}".Trim('/');
        if (function.Trigger.ParameterType != typeof(HttpRequest))
        {
            faults.Add($"Function '{function.Name}': the parameter of an HTTP trigger must be an HttpRequest, not {function.Trigger.ParameterType}.");
            return null;
        }

        try
        {
            var pattern = RoutePatternFactory.Parse(route);
            Check(pattern, app.Services.GetRequiredService<IInlineConstraintResolver>());
            var endpoint = new RouteEndpointBuilder(ServeAsync, pattern, order: 0) { DisplayName = function.Name };
            if (trigger.Methods is { Length: > 0 } methods)
            {
                endpoint.Metadata.Add(new HttpMethodMetadata(methods.Select(m => m.ToUpperInvariant())));
            }

            endpoint.Metadata.Add(Handler(app.Services, function, trigger));
            return (RouteEndpoint)endpoint.Build();
        }
        catch (Exception e) when (e is RoutePatternException or RouteCreationException or InvalidOperationException)
        {
            faults.Add($"Function '{function.Name}': the route \"{route}\" is not valid. {e.Message}");
            return null;
        }
    }

    private static HttpFunction Handler(IServiceProvider services, LocalFunction function, HttpTriggerAttribute trigger)
    {
        var invoker = services.GetRequiredService<FunctionInvoker>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger($"Function.{function.Name}");
        return new HttpFunction(invoker.PlanOf(function), trigger.AuthLevel, invoker, services.GetRequiredService<FunctionKeys>(), logger);
    }

    private static void Check(RoutePattern pattern, IInlineConstraintResolver resolver)
    {
        foreach (var policy in pattern.ParameterPolicies.SelectMany(p => p.Value))
        {
            if (policy.Content is { } content && resolver.ResolveConstraint(content) is null)
            {
                throw new InvalidOperationException($"The constraint '{content}' is not known.");
            }
        }
    }

    private static IEnumerable<string> Clashes(IReadOnlyList<RouteEndpoint> endpoints)
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var endpoint in endpoints)
        {
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])
            {
                if (!seen.TryAdd($"{method} {endpoint.RoutePattern.RawText}", endpoint.DisplayName!))
                {
                    yield return $"The functions '{seen[$"{method} {endpoint.RoutePattern.RawText}"]}' and '{endpoint.DisplayName}' have the same route: {method} {endpoint.RoutePattern.RawText}.";
                }
            }
        }
    }
}
