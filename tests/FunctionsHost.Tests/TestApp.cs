using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Relais.DevHost.Services;
using Relais.Kit;

namespace FunctionsHost.Tests;

/// <summary>The conformance app, which records what its functions see.</summary>
internal static class TestApp
{
    public const string Key = "function-key";
    public const string MasterKey = "master-key";

    public static string Folder
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            return Path.Combine(DevPaths.Repository, "tests", "Conformance", "App", "bin", configuration, "net10.0");
        }
    }

    public static FunctionsHostOptions Options(string storage, params (string Name, string? Value)[] settings) => new(Folder)
    {
        // host.json of the app shows warnings only; the host says in an information which process its worker is
        Settings = new (string Name, string? Value)[] { ("AzureWebJobsStorage", storage), ("AzureFunctionsJobHost__logging__logLevel__Host", "Information") }
            .Concat(settings).ToDictionary(setting => setting.Name, setting => setting.Value),
    };

    public static Task<FunctionsHostProcess> StartAsync(string storage, params (string Name, string? Value)[] settings) => FunctionsHostProcess.StartAsync(Options(storage, settings));

    public static async Task<JsonArray> RecordedAsync(this FunctionsHostProcess host, string key) =>
        (await host.Http.GetFromJsonAsync<JsonObject>($"rec/{key}"))!["items"]!.AsArray();

    public static async Task StartOrchestrationAsync(this FunctionsHostProcess host, string name, string id, object? input = null)
    {
        using var response = await host.Http.PostAsJsonAsync($"d/start/{name}?id={id}", input);
        Assert.Equal(id, (await response.Content.ReadFromJsonAsync<JsonObject>())!["value"]?.ToString());
    }

    /// <summary>Pending, Running, Completed, Failed and so on; null for an unknown instance.</summary>
    public static async Task<string?> StatusAsync(this FunctionsHostProcess host, string id) =>
        (await host.Http.GetFromJsonAsync<JsonObject>($"d/get?id={id}"))!["value"]?["status"]?.ToString();

    public static async Task SendAsync(string storage, string queue, string message)
    {
        var client = new QueueClient(storage, queue, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await client.CreateIfNotExistsAsync();
        await client.SendMessageAsync(message);
    }
}
