using System.Text.RegularExpressions;

namespace Architecture.Tests;

public sealed partial class ModuleTests
{
    // Every module may know Platform. Whoever adds an arrow draws it here.
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Access"] = [],
        ["Campaigns"] = ["Access", "Consent", "Contacts", "Sending"],
        ["Channels"] = ["Sending", "Webhooks"],
        ["Consent"] = [],
        ["Contacts"] = ["Access", "Consent"],
        ["Health"] = ["Access"],
        ["Inbox"] = ["Access"],
        ["OpenApi"] = ["Access"],
        ["Platform"] = [],
        ["Privacy"] = ["Access", "Channels", "Consent", "Contacts", "Sending"],
        ["Sending"] = ["Channels", "Consent"],
        ["Telephony"] = ["Access", "Channels", "Sending", "Webhooks"],
        ["Webhooks"] = ["Access", "Campaigns", "Channels", "Consent", "Contacts", "Sending"],
    };

    // who may work across tenants
    private static readonly string[] SystemModules = ["Access", "Platform", "Sending", "Webhooks"];
    private static readonly string[] SystemFiles =
    [
        "src/Functions/Campaigns/Run/CancelPending.cs",
        "src/Functions/Campaigns/Run/RescueCampaigns.cs",
        "src/Functions/Consent/FillAddressHashes.cs",
        "src/Functions/Health/DatabaseDependency.cs",
        "src/Functions/Privacy/HashKeyCheck.cs",
        "src/Functions/Privacy/Erasure/RedactLateReports.cs",
        "src/Functions/Telephony/Inventory/OtherInventories.cs",
        "src/Functions/Privacy/Retention/ApplyRetention.cs",
        "src/Functions/Telephony/Inventory/FinishReleases.cs",
        "src/Functions/Telephony/Inventory/SyncAllAccounts.cs",
        "src/Functions/Telephony/Orders/Run/RescueOrders.cs",
        "src/Functions/Telephony/Usage/RefreshAllUsage.cs",
        "src/Functions/Telephony/WhatsApp/SyncAllWhatsAppSenders.cs",
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

    private static string? ModuleOf(string file) => file.Split('/') is { Length: > 3 } parts ? parts[2] : null;

    [GeneratedRegex(@"\bRelais\.([A-Z][A-Za-z]+)")]
    private static partial Regex Mention();
}
