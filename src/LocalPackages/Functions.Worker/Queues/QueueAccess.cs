using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>Opens queues by the names and connections that attributes give.</summary>
internal sealed class QueueAccess(IConfiguration configuration)
{
    private const string Default = "AzureWebJobsStorage";

    public bool HasDefault => Find(Default) is not null;

    /// <summary>Text goes through as it is: the encoding is the business of trigger and output, and poison keeps the body unchanged.</summary>
    public QueueClient Open(string name, string? connection)
    {
        var setting = string.IsNullOrWhiteSpace(connection) ? Default : SettingNames.Resolve(connection, configuration);
        var value = Find(setting) ?? throw new InvalidOperationException($"The storage connection '{setting}' of queue '{name}' is not set.");
        return new QueueClient(value, SettingNames.Resolve(name, configuration), new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
    }

    private string? Find(string setting)
    {
        var value = configuration[setting] ?? configuration.GetConnectionString(setting) ?? configuration[$"AzureWebJobs{setting}"];
        return string.IsNullOrWhiteSpace(value) ? null : value;
    }
}
