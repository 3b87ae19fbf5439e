using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Execution;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly LocalAppOptions options;
    private readonly WebApplicationBuilder web;
    private readonly MiddlewarePipeline pipeline = new();
    private bool built;

    internal FunctionsApplicationBuilder(string[]? args, LocalAppOptions? options = null)
    {
        this.options = options ??= new LocalAppOptions();
        var local = LocalSettings.Apply(options.Directory);
        web = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = LaunchArguments.WithoutPort(args ?? [], out var port),
            ApplicationName = options.Assembly.GetName().Name,
            ContentRootPath = options.Directory,
            EnvironmentName = System.Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT"),
        });
        HostJson.AddTo(web.Configuration, options.Directory);
        Cors.AddTo(web.Configuration, local);
        if (LaunchArguments.Url(web.Configuration, port, local.Port) is { } url)
        {
            web.WebHost.UseUrls(url);
        }

        LocalServices.Add(web, pipeline);
        if (options.DiscoverExtensions)
        {
            ExtensionDiscovery.ConfigureAll(this);
        }
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)web).Properties;
    public ConfigurationManager Configuration => web.Configuration;
    public IHostEnvironment Environment => web.Environment;
    public ILoggingBuilder Logging => web.Logging;
    public IMetricsBuilder Metrics => web.Metrics;
    public IServiceCollection Services => web.Services;
    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;
    internal bool ServesHttp { get; set; }

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ThrowIfBuilt();
        pipeline.Add(middleware);
        return this;
    }

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)web).ConfigureContainer(factory, configure);

    public IHost Build()
    {
        ThrowIfBuilt();
        built = true;
        var catalog = FunctionDiscovery.Find(options, Configuration);
        Services.AddSingleton<IFunctionCatalog>(catalog);
        LocalServices.AddTriggers(Services);
        var app = web.Build();
        _ = app.Services.GetRequiredService<FunctionInvoker>();
        FunctionEndpoints.Map(app, catalog, ServesHttp);
        return app;
    }

    private void ThrowIfBuilt()
    {
        if (built)
        {
            throw new InvalidOperationException("The application has been built already.");
        }
    }
}
