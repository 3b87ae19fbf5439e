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

    public static string Folder => ConformanceApp.Options.Folder;

    public static FunctionsAppOptions Options(string storage, params (string Name, string? Value)[] settings) => ConformanceApp.Options with
    {
        Settings = new (string Name, string? Value)[] { ("AzureWebJobsStorage", storage) }.Concat(settings)
            .ToDictionary(setting => setting.Name, setting => setting.Value),
    };

    public static FunctionsAppOptions In(string folder) => ConformanceApp.Options with { Folder = folder };

    public static Task<TestHost> StartAsync(string storage, params (string Name, string? Value)[] settings) =>
        TestHost.StartAsync(Options(storage, settings));

    public static async Task<JsonArray> RecordedAsync(this TestHost host, string key) =>
        (await host.Http.GetFromJsonAsync<JsonObject>($"rec/{key}"))!["items"]!.AsArray();

    public static async Task StartOrchestrationAsync(this TestHost host, string name, string id, object? input = null)
    {
        using var response = await host.Http.PostAsJsonAsync($"d/start/{name}?id={id}", input);
        Assert.Equal(id, (await response.Content.ReadFromJsonAsync<JsonObject>())!["value"]?.ToString());
    }

    /// <summary>Pending, Running, Completed, Failed and so on; null for an unknown instance.</summary>
    public static async Task<string?> StatusAsync(this TestHost host, string id) =>
        (await host.Http.GetFromJsonAsync<JsonObject>($"d/get?id={id}"))!["value"]?["status"]?.ToString();

    public static async Task SendAsync(string storage, string queue, string message)
    {
        var client = new QueueClient(storage, queue, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await client.CreateIfNotExistsAsync();
        await client.SendMessageAsync(message);
    }
}
