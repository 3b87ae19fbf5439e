using System.Text.Json;
using System.Text.RegularExpressions;
using Architecture.Tests;
using Npgsql;
using Relais.Platform.Settings;

namespace Infra.Tests;

/// <summary>
/// Compares the app settings of the templates with the settings that the app reads and local.settings.example.json explains.
/// </summary>
public sealed partial class AppSettingsTests
{
    private const string App = "func-relais-";

    // The OpenTelemetry library reads these settings.
    private static readonly string[] Libraries = ["OTEL_SERVICE_NAME"];

    // Settings without a default that the templates omit, each with its reason.
    private static readonly Dictionary<string, string> Omitted = new()
    {
        ["AzureWebJobsStorage"] = "an identity takes the place of the connection string",
        ["AzureWebJobsStorage__accountName"] = "the three addresses hold in every cloud",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "host and app send telemetry to Application Insights",
        ["Twilio__BaseUrl"] = "names a simulator",
        ["Limits__TrustedProxies"] = "the Functions host gives the caller's address itself",
    };

    // A Flex Consumption plan refuses these settings.
    private static readonly string[] Refused =
    [
        "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_PROCESS_COUNT",
        "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTSHARE", "ENABLE_ORYX_BUILD",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
    ];

    [Fact]
    public async Task No_setting_is_unknown_to_the_app()
    {
        var explained = ExampleSettings().Concat(Libraries).ToHashSet(StringComparer.Ordinal);

        Repository.None((await SettingsAsync()).Keys.Select(General).Where(setting => !explained.Contains(setting)));
    }

    [Fact]
    public async Task Every_setting_without_a_default_is_set()
    {
        var set = (await SettingsAsync()).Keys.Select(General).ToHashSet(StringComparer.Ordinal);
        var required = DeclaredSettings.All.Where(HasNoDefault).Select(setting => General(setting.Name)).Except(Omitted.Keys).ToList();

        Assert.Contains("Webhooks__PublicUrl", required);
        Assert.Contains("ConnectionStrings__System", required);
        Repository.None(required.Where(setting => !set.Contains(setting)));
    }

    [Fact]
    public void Every_omitted_template_value_is_a_setting() =>
        Repository.None(Omitted.Keys.Except(DeclaredSettings.All.Select(setting => setting.Name)));

    [Fact]
    public async Task No_setting_is_refused_by_the_plan()
    {
        var prod = await Snapshot.ProdWithEverything;

        Repository.None(prod.Settings(App).Keys.Concat(prod.Settings("func-backup-").Keys).Intersect(Refused));
    }

    [Fact]
    public async Task Each_sealing_key_comes_from_the_vault_and_the_active_one_is_among_them()
    {
        var settings = (await Snapshot.ProdWithEverything).Settings(App);

        Assert.Equal("k2", settings["Secrets__ActiveKey"]);
        foreach (var id in (string[])["k1", "k2"])
        {
            Assert.StartsWith("@Microsoft.KeyVault(SecretUri={0}secrets/secrets-{1}", Words(settings[$"Secrets__Keys__{id}"]));
            Assert.EndsWith($", '{id}')]", settings[$"Secrets__Keys__{id}"]);
        }

        Assert.Contains("secrets/privacy-hash-key", settings["Privacy__HashKey"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_connection_strings_have_words_that_Npgsql_knows_and_no_password()
    {
        var template = ConnectionString().Match(Repository.Text("infra/main.bicep")).Groups[1].Value;

        var read = new NpgsqlConnectionStringBuilder(Expression().Replace(template, "7"));

        Assert.Equal(SslMode.VerifyFull, read.SslMode);
        Assert.Equal(7, read.MaxPoolSize);
        Assert.Null(read.Password);
    }

    [Fact]
    public async Task Each_database_role_signs_in_with_an_identity_of_its_own()
    {
        var settings = await SettingsAsync();

        Assert.EndsWith("Username=relais_app", Words(settings["ConnectionStrings__App"]));
        Assert.EndsWith("Username=relais_system", Words(settings["ConnectionStrings__System"]));
        Assert.Contains("appIdentity", settings["ConnectionStrings__AppIdentity"], StringComparison.Ordinal);
        Assert.Contains("systemIdentity", settings["ConnectionStrings__SystemIdentity"], StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> SettingsAsync() => (await Snapshot.Dev).Settings(App);

    private static IEnumerable<string> ExampleSettings()
    {
        var lenient = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip };
        using var example = JsonDocument.Parse(Repository.Text("local.settings.example.json"), lenient);
        return [.. example.RootElement.GetProperty("Values").EnumerateObject().Select(value => General(value.Name))];
    }

    private static bool HasNoDefault(Setting setting) =>
        setting.Property.GetValue(Activator.CreateInstance(setting.Property.DeclaringType!)) is null or "" or 0
            or IReadOnlyDictionary<string, string>;

    /// <summary>The first literal of an expression such as [format('{0};Username=relais_app', …)].</summary>
    private static string Words(string expression) => expression.Split('\'')[1];

    /// <summary>One key represents all entries of Secrets__Keys.</summary>
    private static string General(string setting) => KeyName().Replace(setting, "Secrets__Keys");

    [GeneratedRegex("^Secrets__Keys__.+$")]
    private static partial Regex KeyName();

    [GeneratedRegex("var connection = '([^']+)'")]
    private static partial Regex ConnectionString();

    [GeneratedRegex(@"\$\{[^}]+\}")]
    private static partial Regex Expression();
}
