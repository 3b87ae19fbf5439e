using System.Reflection;
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
        var queues = (await Snapshot.Dev).Of("Microsoft.Storage/storageAccounts/queueServices/queues").Select(queue => Snapshot.Text(queue, "name").Split('/')[^1]);

        var names = typeof(QueueNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(names.Order(StringComparer.Ordinal), queues.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nothing_accepts_a_key_or_a_password()
    {
        var prod = await Snapshot.ProdWithEverything;

        Assert.All(prod.Of("Microsoft.Storage/storageAccounts"), account => Assert.False(Property(account, "allowSharedKeyAccess").GetBoolean()));
        Assert.All(prod.Of("Microsoft.Insights/components"), insights => Assert.True(Property(insights, "DisableLocalAuth").GetBoolean()));
        Assert.All(prod.Of("Microsoft.KeyVault/vaults"), vault => Assert.True(Property(vault, "enableRbacAuthorization").GetBoolean()));
        Assert.All(prod.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies"), policy => Assert.False(Property(policy, "allow").GetBoolean()));
        Assert.Equal(4, prod.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count());
        var server = Assert.Single(prod.Of("Microsoft.DBforPostgreSQL/flexibleServers"));
        Assert.Equal("Disabled", Snapshot.Text(server, "properties", "authConfig", "passwordAuth"));
        Assert.False(server.GetProperty("properties").TryGetProperty("administratorLogin", out _));
    }

    [Fact]
    public async Task A_private_network_leaves_only_the_deployers_addresses_open()
    {
        var prod = await Snapshot.ProdWithEverything;

        Assert.Equal("Disabled", Snapshot.Text(prod.Single("Microsoft.Storage/storageAccounts", "strelais"), "properties", "publicNetworkAccess"));
        var access = Property(Assert.Single(prod.Of("Microsoft.KeyVault/vaults")), "networkAcls");
        Assert.Equal("Deny", Snapshot.Text(access, "defaultAction"));
        Assert.Equal(["203.0.113.7", "203.0.113.8"], access.GetProperty("ipRules").EnumerateArray().Select(rule => Snapshot.Text(rule, "value")));
        Assert.Equal(
            ["203.0.113.7", "203.0.113.8"],
            prod.Of("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules").Select(rule => Snapshot.Text(rule, "properties", "startIpAddress")));
        Assert.Equal(5, prod.Of("Microsoft.Network/privateEndpoints").Count());
    }

    [Fact]
    public async Task Options_that_are_off_cost_nothing()
    {
        var types = (await Snapshot.Dev).Resources.Select(resource => Snapshot.Text(resource, "type")).ToList();

        Assert.DoesNotContain(types, type => type.StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.DoesNotContain("Microsoft.Web/staticSites", types);
        Assert.DoesNotContain("Microsoft.Consumption/budgets", types);
        Assert.Single(types, "Microsoft.Web/sites");
    }

    [Fact]
    public async Task Every_role_is_named_in_roles_and_every_assignment_says_why()
    {
        var assignments = (await Snapshot.ProdWithEverything).Of("Microsoft.Authorization/roleAssignments").ToList();
        var known = RoleId().Matches(Repository.Text("infra/roles.bicep")).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(10, assignments.Count);
        Assert.All(assignments, assignment => Assert.True(Snapshot.Text(assignment, "properties", "description").Length > 20));
        Assert.Equal(known.Order(), assignments.Select(assignment => Snapshot.Text(assignment, "properties", "roleDefinitionId").Split('/')[^1]).Distinct().Order());
    }

    [Fact]
    public async Task Alerts_name_functions_that_exist()
    {
        var functions = Repository.Text("docs/api/functions.txt");
        var queries = (await Snapshot.Dev).Of("Microsoft.Insights/scheduledQueryRules")
            .Select(rule => rule.GetProperty("properties").GetProperty("criteria").GetProperty("allOf")[0]).Select(one => Snapshot.Text(one, "query")).ToList();

        var named = queries.SelectMany(query => FunctionName().Matches(query)).SelectMany(match => Quoted().Matches(match.Value)).Select(match => match.Groups[1].Value).ToList();

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

    private static JsonElement Property(JsonElement resource, string name) => resource.GetProperty("properties").GetProperty(name);

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex RoleId();

    [GeneratedRegex("""Name (?:==|in) (?:"[^"]+"|\([^)]+\))""")]
    private static partial Regex FunctionName();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^http POST /api/(?:webhook-router\S*|webhooks/twilio|receive-sms-twilio|whatsapp/webhook) (\w+)", RegexOptions.Multiline)]
    private static partial Regex WebhookFunction();
}
