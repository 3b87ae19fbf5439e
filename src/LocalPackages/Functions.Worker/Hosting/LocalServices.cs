using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker.Hosting.Execution;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker.Queues;
using Microsoft.Azure.Functions.Worker.Timers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting;

internal static class LocalServices
{
    private const long DefaultBodyLimit = 104_857_600;

    public static void Add(WebApplicationBuilder web, MiddlewarePipeline pipeline)
    {
        var limit = BodyLimit(web.Configuration);
        web.WebHost.UseKestrelHttpsConfiguration();
        web.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = limit);
        web.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });

        var services = web.Services;
        services.AddRouting();
        services.AddCors();
        services.AddMvcCore();
        services.Configure<FormOptions>(form => form.MultipartBodyLengthLimit = Math.Max(limit, form.MultipartBodyLengthLimit));
        services.Configure<JsonSerializerOptions>(json => json.PropertyNameCaseInsensitive = true);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(pipeline);
        services.AddSingleton<ParameterSources>();
        services.AddSingleton<FunctionInvoker>();
        services.AddSingleton<IFunctionInvoker>(s => s.GetRequiredService<FunctionInvoker>());
        services.AddSingleton<FunctionKeys>();
        services.AddSingleton<QueueAccess>();
        services.AddSingleton<QueueOutputs>();
    }

    /// <summary>After the services of the app: the triggers then stop before what they use.</summary>
    public static void AddTriggers(IServiceCollection services)
    {
        services.AddHostedService<QueueHost>();
        services.AddSingleton<TimerFunctions>();
        services.AddHostedService<TimerHost>();
    }

    private static long BodyLimit(ConfigurationManager configuration)
    {
        if (configuration["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] is not { } text)
        {
            return DefaultBodyLimit;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : throw new InvalidOperationException($"FUNCTIONS_REQUEST_BODY_SIZE_LIMIT is \"{text}\", expected a number of bytes.");
    }
}
