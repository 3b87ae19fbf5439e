using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

[assembly: WorkerExtensionStartup(typeof(DurableTaskExtensionStartup))]

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

public sealed class DurableTaskExtensionStartup : WorkerExtensionStartup
{
    public override void Configure(IFunctionsWorkerApplicationBuilder applicationBuilder)
    {
        ArgumentNullException.ThrowIfNull(applicationBuilder);
        var services = applicationBuilder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DurableFunctions>();
        services.AddSingleton(s => HubSettings.Read(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton(s => new Hub(
            s.GetRequiredService<HubOptions>(),
            s.GetRequiredService<DurableFunctions>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<DurableTaskClient>(s => new FunctionsDurableTaskClient(s.GetRequiredService<Hub>()));
        services.AddSingleton<IParameterBinder, DurableParameters>();
        services.AddHostedService<HubHost>();
    }
}
