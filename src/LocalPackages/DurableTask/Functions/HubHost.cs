using Microsoft.DurableTask.Runtime;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>Starts the hub with the application and stops it within the application's grace.</summary>
internal sealed class HubHost(Hub hub) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        hub.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => hub.StopAsync(cancellationToken);
}
