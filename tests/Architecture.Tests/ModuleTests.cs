using System.Text.RegularExpressions;

namespace Architecture.Tests;

public sealed partial class ModuleTests
{
    // Every module may use Platform. A new dependency is added here.
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Access"] = [],
        ["Accounts"] = ["Access", "Channels", "Sending"],
        ["Campaigns"] = ["Access", "Consent", "Contacts", "Sending"],
        ["Channels"] = [],
        ["Consent"] = [],
        ["Contacts"] = ["Access", "Consent"],
        ["Health"] = ["Access"],
        ["Inbox"] = ["Access"],
        ["Numbers"] = ["Access", "Accounts", "Channels", "Webhooks"],
        ["OpenApi"] = ["Access"],
        ["Platform"] = [],
        ["Privacy"] = ["Access", "Channels", "Consent", "Contacts", "Sending"],
        ["Sending"] = ["Channels", "Consent"],
        ["Usage"] = ["Access", "Accounts", "Channels", "Numbers"],
        ["Webhooks"] = ["Access", "Campaigns", "Channels", "Consent", "Contacts", "Sending"],
        ["WhatsAppSenders"] = ["Access", "Accounts", "Channels", "Webhooks"],
    };

    // these modules may read and write rows of all tenants
    private static readonly string[] SystemModules = ["Access", "Platform", "Sending", "Webhooks"];
    private static readonly string[] SystemFiles =
    [
        "src/Functions/Campaigns/Run/CancelPendingMessages.cs",
        "src/Functions/Campaigns/Run/RestartCampaignRuns.cs",
        "src/Functions/Consent/FillAddressHashes.cs",
        "src/Functions/Health/DatabaseDependency.cs",
        "src/Functions/Numbers/Inventory/FinishReleases.cs",
        "src/Functions/Numbers/Inventory/NumberOwnership.cs",
        "src/Functions/Numbers/Inventory/SyncNumbersOfAllTenants.cs",
        "src/Functions/Numbers/Orders/Run/RestartOrderRuns.cs",
        "src/Functions/Privacy/CheckHashKeyAtStart.cs",
        "src/Functions/Privacy/Erasure/RedactLateReports.cs",
        "src/Functions/Privacy/Retention/ApplyRetention.cs",
        "src/Functions/Usage/RefreshUsageOfAllTenants.cs",
        "src/Functions/WhatsAppSenders/SyncWhatsAppSendersOfAllTenants.cs",
    ];

    public static TheoryData<string> Modules => [.. Arrows.Keys];

    [Fact]
    public void Every_module_declares_its_dependencies() =>
        Assert.Equal(Arrows.Keys.Order(StringComparer.Ordinal), Repository.AppSources.Select(ModuleOf).OfType<string>().Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_uses_only_allowed_modules(string module)
    {
        var known = Repository.AppSources
            .Where(file => ModuleOf(file) == module)
            .SelectMany(file => Mention().Matches(Repository.Text(file)).Select(match => match.Groups[1].Value))
            .Where(name => Arrows.ContainsKey(name) && name != module && name != "Platform")
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(Arrows[module], known);
    }

    [Fact]
    public void No_module_depends_on_itself_through_others()
    {
        var cycles = Arrows.Keys.Select(module => PathBack(module, [module])).OfType<string>();

        Assert.Empty(cycles);
    }

    [Fact]
    public void Only_listed_files_use_SystemDb() =>
        Repository.None(Repository.AppSources
            .Where(file => Repository.Text(file).Contains("SystemDb", StringComparison.Ordinal))
            .Where(file => !SystemModules.Contains(ModuleOf(file)) && !SystemFiles.Contains(file)));

    [Fact]
    public void Twilio_appears_only_in_its_folder()
    {
        string[] allowed = ["src/Functions/Channels/Twilio/", "src/Functions/Webhooks/"];

        Repository.None(Repository.AppSources
            .Where(file => !allowed.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)))
            .Where(file => Repository.Text(file).Contains("using Twilio", StringComparison.Ordinal)));
    }

    /// <returns>A way from the last module of the path to the first one; null: there is none.</returns>
    private static string? PathBack(string start, IReadOnlyList<string> path) => Arrows[path[^1]]
        .Select(next => next == start ? string.Join(" -> ", path.Append(next)) : path.Contains(next) ? null : PathBack(start, [.. path, next]))
        .FirstOrDefault(found => found is not null);

    private static string? ModuleOf(string file) => file.Split('/') is { Length: > 3 } parts ? parts[2] : null;

    [GeneratedRegex(@"\bRelais\.([A-Z][A-Za-z]+)")]
    private static partial Regex Mention();
}
