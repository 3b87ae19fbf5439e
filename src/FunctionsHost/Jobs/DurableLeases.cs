using System.Reflection;
using DurableTask.AzureStorage;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace FunctionsHost;

/// <summary>
/// Shortens the visibility timeouts of Durable messages below what host.json accepts. The settings object has public
/// properties and is read at each message, but only a private field of the extension leads to it.
/// </summary>
internal static class DurableLeases
{
    public static void Shorten(IServiceProvider services, TimeSpan lease)
    {
        foreach (var factory in services.GetServices<IDurabilityProviderFactory>())
        {
            // creates the settings
            factory.GetDurabilityProvider();
            var settings = factory.GetType().GetField("defaultSettings", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(factory) as AzureStorageOrchestrationServiceSettings
                ?? throw new NotSupportedException("This version of the Durable extension keeps its settings elsewhere: adapt DurableLeases.");
            settings.ControlQueueVisibilityTimeout = settings.WorkItemQueueVisibilityTimeout = lease;
        }
    }
}
