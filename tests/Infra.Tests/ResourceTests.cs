using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Architecture.Tests;
using Relais.Platform.Queues;

namespace Infra.Tests;

public sealed partial class ResourceTests
{
    [Fact]
    public async Task The_queues_are_those_of_the_app()
    {
        var queues = (await Snapshot.Dev).Of("Microsoft.Storage/storageAccounts/queueServices/queues")
            .Select(queue => Snapshot.Text(queue, "name").Split('/')[^1]);

        Assert.Equal(QueueNames.All.Order(StringComparer.Ordinal), queues.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_resource_accepts_a_key_or_a_password()
    {
        var prod = await Snapshot.ProdWithEverything;

        Assert.All(
            prod.Of("Microsoft.Storage/storageAccounts"), account => Assert.False(Property(account, "allowSharedKeyAccess").GetBoolean()));
        Assert.All(prod.Of("Microsoft.Insights/components"), insights => Assert.True(Property(insights, "DisableLocalAuth").GetBoolean()));
        Assert.All(prod.Of("Microsoft.KeyVault/vaults"), vault => Assert.True(Property(vault, "enableRbacAuthorization").GetBoolean()));
        Assert.All(
            prod.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
            policy => Assert.False(Property(policy, "allow").GetBoolean()));
        Assert.Equal(4, prod.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count());
        var server = Assert.Single(prod.Of("Microsoft.DBforPostgreSQL/flexibleServers"));
        Assert.Equal("Disabled", Snapshot.Text(server, "properties", "authConfig", "passwordAuth"));
        Assert.False(server.GetProperty("properties").TryGetProperty("administratorLogin", out _));
    }

    [Fact]
    public async Task A_private_network_leaves_only_the_deployers_addresses_open()
    {
        var prod = await Snapshot.ProdWithEverything;

        Assert.Equal(
            "Disabled", Snapshot.Text(prod.Single("Microsoft.Storage/storageAccounts", "strelais"), "properties", "publicNetworkAccess"));
        var access = Property(Assert.Single(prod.Of("Microsoft.KeyVault/vaults")), "networkAcls");
        Assert.Equal("Deny", Snapshot.Text(access, "defaultAction"));
        Assert.Equal(
            ["203.0.113.7", "203.0.113.8"], access.GetProperty("ipRules").EnumerateArray().Select(rule => Snapshot.Text(rule, "value")));
        Assert.Equal(
            ["203.0.113.7", "203.0.113.8"],
            prod.Of("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules")
                .Select(rule => Snapshot.Text(rule, "properties", "startIpAddress")));
        Assert.Equal(5, prod.Of("Microsoft.Network/privateEndpoints").Count());
    }

    [Fact]
    public async Task Disabled_options_create_no_resources()
    {
        var types = (await Snapshot.Dev).Resources.Select(resource => Snapshot.Text(resource, "type")).ToList();

        Assert.DoesNotContain(types, type => type.StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.DoesNotContain("Microsoft.Web/staticSites", types);
        Assert.DoesNotContain("Microsoft.Consumption/budgets", types);
        Assert.Single(types, "Microsoft.Web/sites");
    }

    [Fact]
    public async Task The_budget_starts_on_the_day_that_the_deployer_set()
    {
        var budget = Assert.Single((await Snapshot.ProdWithEverything).Of("Microsoft.Consumption/budgets"));

        Assert.Equal("2026-03-01", Snapshot.Text(budget, "properties", "timePeriod", "startDate"));
    }

    /// <summary>
    /// Flex Consumption runs each timer and each queue function on its own instances. HTTP functions share instances, and Durable functions
    /// share instances.
    /// </summary>
    [Theory]
    [InlineData("dev", "Standard_B2s", 414)]
    [InlineData("prod", "Standard_D2ds_v5", 844)]
    public void The_database_accepts_the_connections_of_two_instances_of_each_scale_group(string name, string sku, int limit)
    {
        var size = Regex.Match(
            Repository.Text("infra/sizes.bicep"), $@"^var {name} Size = \{{.*?^\}}",
            RegexOptions.Multiline | RegexOptions.Singleline).Value;
        var (poolSize, alert) = (Number(size, "poolSize"), Number(size, "connectionAlert"));
        var groups = Repository.Text("docs/api/functions.txt").Split('\n')
            .Count(line => line.StartsWith("timer ", StringComparison.Ordinal) || line.StartsWith("queue ", StringComparison.Ordinal))
            + 2;
        var connections = groups * 2 * poolSize;

        Assert.Contains($"sku: '{sku}'", size, StringComparison.Ordinal);
        Assert.InRange(poolSize, 2, int.MaxValue);
        Assert.InRange(2 * connections, 0, limit);
        Assert.InRange(alert, connections, limit * 9 / 10);
        Assert.Contains(
            $"| `{name}` | {groups} | {poolSize} | {groups} × 2 × {poolSize} = {connections} | {alert} | {limit} |",
            Repository.Text("docs/deploy.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_role_is_listed_and_every_assignment_has_a_reason()
    {
        var assignments = (await Snapshot.ProdWithEverything).Of("Microsoft.Authorization/roleAssignments").ToList();
        var listed = RoleId().Matches(Repository.Text("infra/roles.bicep")).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(10, assignments.Count);
        Assert.All(assignments, assignment => Assert.True(Snapshot.Text(assignment, "properties", "description").Length > 20));
        Assert.Equal(
            listed.Order(),
            assignments.Select(assignment => Snapshot.Text(assignment, "properties", "roleDefinitionId").Split('/')[^1]).Distinct()
                .Order());
    }

    [Fact]
    public async Task Alerts_name_functions_that_exist()
    {
        var functions = Repository.Text("docs/api/functions.txt");
        var queries = Queries(await Snapshot.Dev).Where(query => query.StartsWith("AppRequests ", StringComparison.Ordinal));

        var named = queries.SelectMany(query => FunctionName().Matches(query)).SelectMany(match => Quoted().Matches(match.Value))
            .Select(match => match.Groups[1].Value).ToList();

        Assert.Contains("WebhookRouter", named);
        Assert.Contains("SweepSendersEachMinute", named);
        Repository.None(named.Where(name => !Regex.IsMatch(functions, $@"\b{name}\b")));
    }

    [Fact]
    public void Every_function_that_answers_a_webhook_is_watched()
    {
        var webhooks = WebhookFunction().Matches(Repository.Text("docs/api/functions.txt")).Select(match => match.Groups[1].Value).ToList();
        var watched = Repository.Text("infra/modules/alerts.bicep");

        Assert.True(webhooks.Count >= 4);
        Repository.None(webhooks.Where(name => !watched.Contains($"\"{name}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Alerts_name_exactly_the_metrics_that_the_app_counts()
    {
        var counted = Repository.AppSources.SelectMany(file => Counter().Matches(Repository.Text(file)))
            .Select(match => match.Groups[1].Value).Distinct();
        var watched = Queries(await Snapshot.Dev).Where(query => query.StartsWith("AppMetrics ", StringComparison.Ordinal))
            .SelectMany(query => FunctionName().Matches(query)).SelectMany(match => Quoted().Matches(match.Value))
            .Select(match => match.Groups[1].Value).Distinct();

        Assert.Equal(counted.Order(StringComparer.Ordinal), watched.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Metrics_carry_the_app_name_that_the_alerts_filter_by()
    {
        var dev = await Snapshot.Dev;
        var name = dev.Settings("func-relais-")["OTEL_SERVICE_NAME"];

        Assert.All(Queries(dev).Where(query => query.Contains("AppRoleName", StringComparison.Ordinal)), query =>
            Assert.Contains($"AppRoleName =~ \"{name}\"", query, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_guide_lists_the_resources_of_both_sizes()
    {
        var (dev, prod) = (await Snapshot.Dev, await Snapshot.ProdWithEverything);
        var rows = GuideRow().Matches(Repository.Text("docs/deploy.md"))
            .ToDictionary(row => row.Groups[1].Value, row => (int.Parse(row.Groups[2].Value), int.Parse(row.Groups[3].Value)));
        var created = prod.Resources.Concat(dev.Resources).Select(resource => Snapshot.Text(resource, "type")).Distinct()
            .ToDictionary(type => type, type => (dev.Of(type).Count(), prod.Of(type).Count()));

        Assert.Equal(created.OrderBy(type => type.Key, StringComparer.Ordinal), rows.OrderBy(type => type.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_costs_of_the_guide_add_up()
    {
        var guide = Repository.Text("docs/deploy.md");
        var costs = guide[guide.IndexOf("| Poste |", StringComparison.Ordinal)..].Split("\n\n")[0].Split('\n').Skip(2)
            .Select(row => row.Split('|')).ToList();

        Assert.Contains("**total**", costs[^1][1], StringComparison.Ordinal);
        foreach (var column in (int[])[2, 3, 4])
        {
            Assert.Equal(Amount(costs[^1][column]), costs.SkipLast(1).Sum(row => Amount(row[column])));
        }

        static decimal Amount(string cell) => decimal.Parse(cell.Trim().Trim('*').Replace(',', '.'), CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string> Queries(Snapshot snapshot) => snapshot.Of("Microsoft.Insights/scheduledQueryRules")
        .Select(rule => Snapshot.Text(rule.GetProperty("properties").GetProperty("criteria").GetProperty("allOf")[0], "query"));

    private static int Number(string size, string name) =>
        int.Parse(Regex.Match(size, $@"{name}: (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private static JsonElement Property(JsonElement resource, string name) => resource.GetProperty("properties").GetProperty(name);

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex RoleId();

    [GeneratedRegex("""Name (?:==|in) (?:"[^"]+"|\([^)]+\))""")]
    private static partial Regex FunctionName();

    [GeneratedRegex(@"Create(?:Counter|UpDownCounter|Gauge|Histogram)<\w+>\(""(\w+)""")]
    private static partial Regex Counter();

    [GeneratedRegex(@"^\| `(Microsoft\.[^`]+)` \| (\d+) \| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex GuideRow();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(
        @"^http POST /api/(?:webhook-router\S*|webhooks/twilio|receive-sms-twilio|whatsapp/webhook) (\w+)", RegexOptions.Multiline)]
    private static partial Regex WebhookFunction();
}
