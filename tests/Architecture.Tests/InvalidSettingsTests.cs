using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Relais.Platform.Settings;

namespace Architecture.Tests;

/// <summary>Sets every option of every module to invalid values.</summary>
public sealed class InvalidSettingsTests
{
    private const string Planted = "s3cret-d41d8cd9";

    // Texts have no range, so their invalid values are listed here.
    private static readonly Dictionary<string, string[]> BadTexts = new()
    {
        ["Access__Issuer"] = ["issuer.example", "http://issuer.example", "ftp://issuer.example", "https://issuer.example?x=1"],
        ["Access__Audience"] = [],
        ["ConnectionStrings__App"] = ["", " ", Planted, "Host", "Port=x", "Username=a;Password=b"],
        ["ConnectionStrings__System"] = ["", " ", Planted, "Host", "Port=x", "Username=a;Password=b"],
        ["ConnectionStrings__AppIdentity"] = [Planted, "id-relais-app", "{0f8fad5b-d9cb-469f-a165-70867728950e}"],
        ["ConnectionStrings__SystemIdentity"] = [Planted, "id-relais-system", "0f8fad5bd9cb469fa16570867728950e"],
        ["AzureWebJobsStorage"] = ["", " ", Planted],
        ["AzureWebJobsStorage__accountName"] = ["st", "Strelais", "st-relais", "strelais\n", Planted],
        ["AzureWebJobsStorage__credential"] = ["ManagedIdentity", "workloadidentity", Planted],
        ["AzureWebJobsStorage__clientId"] = [Planted, "id-relais-app", "{0f8fad5b-d9cb-469f-a165-70867728950e}"],
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = [Planted, "InstrumentationKey=x", "IngestionEndpoint=https://relais.example", "=;"],
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] =
        [
            Planted, "Authorization=AAD", "ClientId=id-relais-app;Authorization=AAD", "ClientId=0f8fad5b-d9cb-469f-a165-70867728950e",
            "=;",
        ],
        ["Secrets__ActiveKey"] = ["", " ", "k2", Planted],
        ["Secrets__Keys__k1"] = ["", " ", Planted, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
        ["Privacy__HashKey"] = [Planted, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = ["http/json", Planted],
    };

    private static readonly string[] ForbiddenBindings =
    [
        "IOptions<", "AddOptions<", "BindConfiguration", ".GetSection(", "ValidateDataAnnotations",
    ];
    private static readonly string[] BadNumbers = ["-1", "abc", "1.5", "1,000", "0x10", "999999999999", "-999999999999", Planted, "٣"];
    private static readonly string[] BadDurations =
    [
        "-00:00:01", "-10675199.02:48:05.4775808", "10675199.02:48:05.4775807", "90", "90s", "24:00:00", "00:00:60", "abc", Planted,
    ];
    private static readonly string[] BadFlags = ["perhaps", "2", Planted];
    private static readonly string[] BadAddresses =
    [
        "relais.example", "ftp://relais.example", "https://", "https://user:pw@relais.example", "https://relais.example?x=1",
        "https://relais.example#x", "/", Planted,
    ];

    private static (string, string?)[][] Identities =>
    [
        [("AzureWebJobsStorage__accountName", "strelais"), ("AzureWebJobsStorage__credential", "managedidentity")],
        [
            ("AzureWebJobsStorage__blobServiceUri", "https://strelais.blob.core.windows.net/"),
            ("AzureWebJobsStorage__queueServiceUri", "https://strelais.queue.core.windows.net/"),
            ("AzureWebJobsStorage__tableServiceUri", "https://strelais.table.core.windows.net/"),
            ("AzureWebJobsStorage__credential", "managedidentity"),
            ("AzureWebJobsStorage__clientId", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ],
    ];

    public static TheoryData<string, string> Wrong
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var setting in DeclaredSettings.All)
            {
                foreach (var text in WrongFor(setting).Distinct())
                {
                    data.Add(NameOf(setting), text);
                }
            }

            return data;
        }
    }

    public static TheoryData<string, string> Limits
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var setting in DeclaredSettings.All.Where(setting => Range(setting) is not null))
            {
                data.Add(setting.Name, Text(setting, Range(setting)!.Minimum));
                data.Add(setting.Name, Text(setting, Range(setting)!.Maximum));
            }

            return data;
        }
    }

    [Fact]
    public void Review_B06_Every_option_has_limits() =>
        Repository.None(DeclaredSettings.All.Where(setting => setting.Property.PropertyType switch
        {
            var type when type == typeof(bool) => false,
            var type when type == typeof(int) || type == typeof(TimeSpan) => Range(setting) is null,
            var type when type == typeof(Uri) => !setting.Property.IsDefined(typeof(HttpAddressAttribute)),
            _ => !BadTexts.ContainsKey(NameOf(setting)),
        }).Select(setting => $"{setting.Name}: give it a range, or a rule and wrong texts in BadTexts"));

    [Fact]
    public void Review_B06_Options_are_bound_in_one_way() =>
        Repository.None(Repository.AppSources
            .Where(file => !file.StartsWith("src/Functions/Platform/Settings/", StringComparison.Ordinal))
            .Where(file => ForbiddenBindings.Any(word => Repository.Text(file).Contains(word, StringComparison.Ordinal))));

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Review_B06_A_wrong_setting_stops_the_start_with_its_name(string setting, string text)
    {
        // A duration that depends on other settings may cause a second fault.
        var fault = FaultsWith((setting, text)).First(fault => fault.StartsWith($"{setting} ", StringComparison.Ordinal));

        Assert.EndsWith(".", fault);
        Assert.DoesNotContain(Planted, fault, StringComparison.Ordinal);
        if (Range(DeclaredSettings.All.Single(declared => NameOf(declared) == setting)) is { } range)
        {
            var declared = DeclaredSettings.All.Single(declared => declared.Name == setting);
            Assert.Contains($"from {Text(declared, range.Minimum)} to {Text(declared, range.Maximum)}", fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void Review_B06_The_limits_of_a_range_are_valid(string setting, string text) =>
        Assert.DoesNotContain(FaultsWith((setting, text)), fault => fault.StartsWith($"{setting} is ", StringComparison.Ordinal));

    [Theory]
    [InlineData("ConnectionStrings__App")]
    [InlineData("ConnectionStrings__System")]
    [InlineData("AzureWebJobsStorage")]
    [InlineData("Secrets__ActiveKey")]
    [InlineData("Webhooks__PublicUrl")]
    public void A_missing_setting_stops_the_start_with_its_name(string setting) =>
        Assert.StartsWith($"{setting} is missing: ", Assert.Single(FaultsWith((setting, null))));

    [Fact]
    public void Review_B06_A_failed_start_reports_every_fault()
    {
        var wrong = DeclaredSettings.All.Where(setting => WrongFor(setting).Length > 0)
            .Select(setting => (NameOf(setting), (string?)WrongFor(setting)[^1])).ToArray();

        var faults = FaultsWith(wrong);

        Assert.True(wrong.Length > 20);
        Assert.All(wrong, setting => Assert.Contains(faults, fault => fault.StartsWith($"{setting.Item1} ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Review_B06_The_message_names_the_allowed_values()
    {
        Assert.Equal(
            ["Sending__MaxInFlight is 0, but must be a whole number from 1 to 1000. Correct it, or remove it to use 64."],
            FaultsWith(("Sending__MaxInFlight", "0")));
        Assert.Equal(
            [
                "Sending__PumpDuration is not a duration (hh:mm:ss, or d.hh:mm:ss) " +
                "from 00:00:01 to 00:04:00. Correct it, or remove it to use 00:01:30.",
            ],
            FaultsWith(("Sending__PumpDuration", "90")));
    }

    [Fact]
    public void A_password_beside_a_managed_identity_stops_the_start() =>
        Assert.Equal(
            ["ConnectionStrings__SystemIdentity is set, and ConnectionStrings__System holds a password. Remove one of the two."],
            FaultsWith(
                ("ConnectionStrings__System", "Host=db.example;Username=relais_system;Password=pw"),
                ("ConnectionStrings__SystemIdentity", "0f8fad5b-d9cb-469f-a165-70867728950e")));

    [Fact]
    public void A_managed_identity_needs_no_password() =>
        Assert.Empty(FaultsWith(
            ("ConnectionStrings__App", "Host=db.example;Username=relais_app"),
            ("ConnectionStrings__AppIdentity", "0f8fad5b-d9cb-469f-a165-70867728950e")));

    [Fact]
    public void A_managed_identity_reaches_the_storage_account() =>
        Assert.All(Identities, settings => Assert.Empty(FaultsWith([("AzureWebJobsStorage", ""), .. settings])));

    [Fact]
    public void A_connection_string_beside_an_identity_stops_the_start() =>
        Assert.Equal(
            [
                "AzureWebJobsStorage__accountName is set, and AzureWebJobsStorage holds a connection string. Remove one of the two.",
                "AzureWebJobsStorage__credential is set, and AzureWebJobsStorage holds a connection string. Remove one of the two.",
            ],
            FaultsWith(("AzureWebJobsStorage__accountName", "strelais"), ("AzureWebJobsStorage__credential", "managedidentity")));

    [Fact]
    public void Each_missing_part_of_an_identity_is_named() =>
        Assert.Equal(
            [
                "AzureWebJobsStorage__blobServiceUri is missing: set the address of the service, or AzureWebJobsStorage__accountName in " +
                "the place of the three addresses.",
                "AzureWebJobsStorage__credential must be managedidentity.",
                "AzureWebJobsStorage__queueServiceUri must begin with https: the token of an identity travels " +
                "on encrypted connections only.",
                "AzureWebJobsStorage__tableServiceUri is missing: set the address of the service, or AzureWebJobsStorage__accountName in " +
                "the place of the three addresses.",
            ],
            FaultsWith(("AzureWebJobsStorage", null), ("AzureWebJobsStorage__queueServiceUri", "http://strelais.queue.core.windows.net/")));

    [Fact]
    public void An_identity_for_telemetry_needs_Application_Insights()
    {
        const string Identity = "ClientId=0f8fad5b-d9cb-469f-a165-70867728950e;Authorization=AAD";

        Assert.Empty(FaultsWith(
            ("APPLICATIONINSIGHTS_CONNECTION_STRING",
                "InstrumentationKey=0f8fad5b-d9cb-469f-a165-70867728950e;IngestionEndpoint=https://relais.example/"),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", Identity)));
        Assert.Equal(
            ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING is set, but APPLICATIONINSIGHTS_CONNECTION_STRING is missing. Set both or none."],
            FaultsWith(("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", Identity)));
    }

    [Fact]
    public void Settings_that_are_empty_count_as_absent() =>
        Assert.Empty(FaultsWith(
            [
                .. DeclaredSettings.All.Where(setting => setting.Property.PropertyType.IsValueType)
                    .Select(setting => (setting.Name, (string?)"")),
            ]));

    private static IReadOnlyList<string> FaultsWith(params (string Setting, string? Text)[] changes)
    {
        var settings = ContainerTests.Settings.ToDictionary();
        foreach (var (setting, text) in changes)
        {
            settings[setting.Replace("__", ":", StringComparison.Ordinal)] = text;
        }

        using var services = ContainerTests.Build(settings);
        try
        {
            services.CheckSettings();
            return [];
        }
        catch (InvalidSettingsException failure)
        {
            Assert.All(failure.Faults, fault => Assert.Contains(fault, failure.Message, StringComparison.Ordinal));
            return failure.Faults;
        }
    }

    private static string[] WrongFor(Setting setting) => setting.Property.PropertyType switch
    {
        var type when type == typeof(int) => [.. BadNumbers, .. OutsideRange(setting)],
        var type when type == typeof(TimeSpan) => [.. BadDurations, .. OutsideRange(setting)],
        var type when type == typeof(bool) => BadFlags,
        var type when type == typeof(Uri) => BadAddresses,
        _ => BadTexts.GetValueOrDefault(NameOf(setting), []),
    };

    /// <summary>The nearest values outside the range, on both sides.</summary>
    private static IEnumerable<string> OutsideRange(Setting setting) =>
        Range(setting) is not { } range ? [] : setting.Property.PropertyType == typeof(int)
        ? [Text(setting, (int)range.Minimum - 1), Text(setting, (int)range.Maximum + 1)]
        : [Text(setting, Duration(range.Minimum) - TimeSpan.FromTicks(1)), Text(setting, Duration(range.Maximum) + TimeSpan.FromTicks(1))];

    /// <summary>One key represents all entries of Secrets__Keys.</summary>
    private static string NameOf(Setting setting) => setting.Name == "Secrets__Keys" ? "Secrets__Keys__k1" : setting.Name;

    private static RangeAttribute? Range(Setting setting) => setting.Property.GetCustomAttribute<RangeAttribute>();

    private static TimeSpan Duration(object limit) =>
        limit is TimeSpan span ? span : TimeSpan.Parse((string)limit, CultureInfo.InvariantCulture);

    private static string Text(Setting setting, object value) =>
        setting.Property.PropertyType == typeof(TimeSpan)
            ? Duration(value).ToString("c")
            : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
