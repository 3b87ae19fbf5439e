using System.Text.Json;

namespace Infra.Tests;

/// <summary>
/// The resources that a deployment would create, as the Bicep CLI predicts them without Azure. Values that only Azure knows remain
/// expressions.
/// </summary>
internal sealed class Snapshot
{
    private static readonly Lazy<Task<Snapshot>> LazyDev = new(() => TakeAsync("dev", []));

    private static readonly Lazy<Task<Snapshot>> LazyProd = new(() => TakeAsync("prod", new()
    {
        ["RELAIS_MONTHLY_BUDGET"] = "200",
        ["RELAIS_BUDGET_START"] = "2026-03-01",
        ["RELAIS_BACKUP_APP"] = "true",
        ["RELAIS_STATIC_SITE"] = "true",
        ["RELAIS_PRIVATE_NETWORK"] = "true",
        ["RELAIS_DEPLOYER_ADDRESSES"] = "203.0.113.7 203.0.113.8",
        ["RELAIS_SEALING_KEYS"] = "k1 k2",
        ["RELAIS_ACTIVE_SEALING_KEY"] = "k2",
    }));

    private Snapshot(IReadOnlyList<JsonElement> resources) => Resources = resources;

    /// <summary>The smallest environment, without any option.</summary>
    public static Task<Snapshot> Dev => LazyDev.Value;

    /// <summary>The production environment with every option.</summary>
    public static Task<Snapshot> ProdWithEverything => LazyProd.Value;

    public IReadOnlyList<JsonElement> Resources { get; }

    public IEnumerable<JsonElement> Of(string type) => Resources.Where(resource => Text(resource, "type") == type);

    public JsonElement Single(string type, string name) =>
        Of(type).Single(resource => Text(resource, "name").StartsWith(name, StringComparison.Ordinal));

    /// <summary>Returns the settings of the app whose name begins with <paramref name="app"/>.</summary>
    public Dictionary<string, string> Settings(string app) => Single("Microsoft.Web/sites/config", app).GetProperty("properties")
        .EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.GetString()!);

    public static string Text(JsonElement element, params string[] path) =>
        path.Aggregate(element, (current, name) => current.GetProperty(name)).GetString()!;

    private static async Task<Snapshot> TakeAsync(string environment, Dictionary<string, string> options)
    {
        var copy = BicepCli.Copy();
        var run = await BicepCli.RunAsync(
            BicepCli.Environment.Concat(options).ToDictionary(),
            "snapshot", Path.Combine(copy, $"{environment}.bicepparam"), "--mode", "overwrite", "--location", "canadacentral",
            "--subscription-id", "00000000-0000-0000-0000-000000000002", "--tenant-id", "00000000-0000-0000-0000-000000000003");
        Assert.True(run.IsClean, run.Diagnostics);
        using var text = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(copy, $"{environment}.snapshot.json")));
        Directory.Delete(copy, recursive: true);
        return new Snapshot([.. text.RootElement.GetProperty("predictedResources").EnumerateArray().Select(resource => resource.Clone())]);
    }
}
