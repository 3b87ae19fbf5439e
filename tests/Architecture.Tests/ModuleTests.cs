using System.Text.RegularExpressions;

namespace Architecture.Tests;

public sealed partial class ModuleTests
{
    // The modules that each module may use. Every module may also use Platform.
    private static readonly Dictionary<string, string[]> AllowedModules = new()
    {
        ["Access"] = [],
        ["Accounts"] = ["Access", "Channels", "Sending"],
        ["Campaigns"] = ["Access", "Consent", "Contacts", "Sending"],
        ["Channels"] = ["Consent"],
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

    // These modules may read and write rows of all tenants.
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
        "src/Functions/Numbers/Orders/Run/RecoverOrders.cs",
        "src/Functions/Privacy/CheckHashKeyAtStart.cs",
        "src/Functions/Privacy/Erasure/RedactLateReports.cs",
        "src/Functions/Privacy/Retention/ApplyRetention.cs",
        "src/Functions/Usage/RefreshUsageOfAllTenants.cs",
        "src/Functions/WhatsAppSenders/SyncWhatsAppSendersOfAllTenants.cs",
    ];

    // Files outside Channels/Twilio that may name the provider or one of its codes, each with its reason.
    private static readonly Dictionary<string, string> NamesTwilio = new()
    {
        ["src/Functions/Accounts/TelephonyFailureTexts.cs"] = "the texts tell people which console to open",
        ["src/Functions/Accounts/TelephonyFailures.cs"] = "the text of an unknown code names the page that explains it",
        ["src/Functions/Channels/ChannelsModule.cs"] = "registers the provider",
        ["src/Functions/Channels/ProviderNames.cs"] = "the name in the database",
        ["src/Functions/Channels/ProviderReasons.cs"] = "asks the provider's table of codes",
        ["src/Functions/Channels/ProviderResult.cs"] = "the code by which the provider itself says that a thing does not exist",
        ["src/Functions/Channels/RouterUrls.cs"] = "the paths of routes that existing numbers point at",
        ["src/Functions/Channels/SendErrorActions.cs"] = "asks the provider's table of codes",
        ["src/Functions/Numbers/Inventory/InventoryFunctions.cs"] = "a route of the API",
        ["src/Functions/Numbers/Offers/OfferFunctions.cs"] = "a route of the API",
        ["src/Functions/Numbers/Orders/OrderFunctions.cs"] = "a route of the API",
        ["src/Functions/Numbers/Orders/Run/BuyNumber.cs"] = "a code that means a missing balance only after a purchase",
        ["src/Functions/Numbers/Orders/Run/OrderDecision.cs"] = "codes that mean something else while a number is connected",
        ["src/Functions/Numbers/ValidatePurchaseTimes.cs"] = "compares with a setting of the provider",
        ["src/Functions/Webhooks/WebhookFunctions.cs"] = "a route that existing numbers point at",
        ["src/Functions/WhatsAppSenders/WhatsAppFailures.cs"] = "the texts tell people which console to open",
        ["src/Functions/WhatsAppSenders/WhatsAppFunctions.cs"] = "the API description names the product",
        ["src/Functions/WhatsAppSenders/WhatsAppSenderView.cs"] = "a status word of the API",
    };

    public static TheoryData<string> Modules => [.. AllowedModules.Keys];

    [Fact]
    public void Every_module_declares_its_dependencies() =>
        Assert.Equal(
            AllowedModules.Keys.Order(StringComparer.Ordinal),
            Repository.AppSources.Select(ModuleOf).OfType<string>().Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_uses_only_allowed_modules(string module)
    {
        var used = Repository.AppSources
            .Where(file => ModuleOf(file) == module)
            .SelectMany(file => Mention().Matches(Repository.Text(file)).Select(match => match.Groups[1].Value))
            .Where(name => AllowedModules.ContainsKey(name) && name != module && name != "Platform")
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(AllowedModules[module], used);
    }

    [Fact]
    public void No_module_depends_on_itself_through_others()
    {
        var cycles = AllowedModules.Keys.Select(module => PathBack(module, [module])).OfType<string>();

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
        Repository.None(Repository.AppSources
            .Where(file => !file.StartsWith("src/Functions/Channels/Twilio/", StringComparison.Ordinal) && !NamesTwilio.ContainsKey(file))
            .Where(file =>
                Repository.Text(file).Contains("Twilio", StringComparison.OrdinalIgnoreCase)
                    || ProviderCode().IsMatch(Repository.Text(file))));
        Repository.None(
            NamesTwilio.Keys.Where(file =>
                !Repository.Text(file).Contains("Twilio", StringComparison.OrdinalIgnoreCase)
                    && !ProviderCode().IsMatch(Repository.Text(file))));
    }

    /// <returns>A path from the last module back to the first one; null: there is none.</returns>
    private static string? PathBack(string start, IReadOnlyList<string> path) => AllowedModules[path[^1]]
        .Select(next =>
            next == start ? string.Join(" -> ", path.Append(next)) : path.Contains(next) ? null : PathBack(start, [.. path, next]))
        .FirstOrDefault(found => found is not null);

    // Matches an error code of the provider. Comments and row counts have no quotes around the number.
    [GeneratedRegex("\"[1-6][0-9]{4}\"")]
    private static partial Regex ProviderCode();

    private static string? ModuleOf(string file) => file.Split('/') is { Length: > 3 } parts ? parts[2] : null;

    [GeneratedRegex(@"\bRelais\.([A-Z][A-Za-z]+)")]
    private static partial Regex Mention();
}
