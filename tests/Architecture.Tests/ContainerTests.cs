using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Relais;
using Relais.Platform.Settings;

namespace Architecture.Tests;

public sealed class ContainerTests
{
    private static readonly string[] LogLevels = ["Logging:LogLevel", "Logging:Console:LogLevel"];

    internal static readonly IReadOnlyDictionary<string, string?> Settings = new Dictionary<string, string?>
    {
        ["ConnectionStrings:App"] = "Host=nowhere",
        ["ConnectionStrings:System"] = "Host=nowhere",
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["Secrets:ActiveKey"] = "k1",
        ["Secrets:Keys:k1"] = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(n => (byte)n)]),
        ["Privacy:HashKey"] = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(n => (byte)n)]),
        ["Webhooks:PublicUrl"] = "https://relais.example",
    };

    [Fact]
    public void Every_function_class_resolves_from_the_container()
    {
        using var services = Build(Settings);
        var classes = Repository.AppTypes
            .Where(type =>
                type is { IsAbstract: false }
                    && type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Any(
                        method => method.IsDefined(typeof(FunctionAttribute))))
            .ToList();

        Assert.Contains(classes, type => type.Name == "CampaignFunctions");
        Assert.All(classes, type => Assert.NotNull(ActivatorUtilities.CreateInstance(services, type)));
    }

    public static TheoryData<string, string, string> InvalidKeys
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var (setting, named) in new[] { ("Secrets:Keys:k1", "Secrets__Keys__k1"), ("Privacy:HashKey", "Privacy__HashKey") })
            {
                data.Add(setting, named, Convert.ToBase64String(new byte[32]));
                data.Add(setting, named, Convert.ToBase64String([.. Enumerable.Repeat((byte)7, 32)]));
                data.Add(setting, named, Convert.ToBase64String([1, 2, 3]));
                data.Add(setting, named, "à-changer");
            }

            data.Add("Secrets:Keys:k1", "Secrets__Keys__k1", "");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(InvalidKeys))]
    public void An_invalid_key_setting_stops_the_start_and_is_named(string setting, string named, string value)
    {
        var settings = Settings.Where(pair => pair.Key != setting).Append(KeyValuePair.Create(setting, (string?)value)).ToDictionary();

        using var services = Build(settings);
        Assert.Contains(named, Assert.Throws<InvalidSettingsException>(services.CheckSettings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("Trace", true)]
    public void Server_logs_are_off_by_default(string? level, bool enabled)
    {
        using var services = Build(
            level is null
                ? Settings
                : Settings.Concat(
                    LogLevels.Select(section => KeyValuePair.Create($"{section}:Microsoft.AspNetCore", (string?)level))).ToDictionary());

        Assert.Equal(
            enabled,
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.Hosting").IsEnabled(LogLevel.Information));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)]
    [InlineData("Microsoft.AspNetCore.Routing.Matching.DfaMatcher", LogLevel.Warning)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Warning)]
    public void Log_categories_with_caller_input_stay_off(string category, LogLevel lowest)
    {
        var keys = LogLevels.SelectMany(section => new[] { $"{section}:Default", $"{section}:{category}" });
        using var services = Build(Settings.Concat(keys.Select(key => KeyValuePair.Create(key, (string?)"Trace"))).ToDictionary());

        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

        Assert.Equal(
            Enum.GetValues<LogLevel>().Where(level => level != LogLevel.None && level >= lowest),
            Enum.GetValues<LogLevel>().Where(logger.IsEnabled));
    }

    internal static ServiceProvider Build(IReadOnlyDictionary<string, string?> settings)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.ConfigureFunctionsWebApplication().AddModules();
        return builder.Services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = false });
    }
}
