using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Relais;

namespace Architecture.Tests;

public sealed class ContainerTests
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["ConnectionStrings:App"] = "Host=nowhere",
        ["ConnectionStrings:System"] = "Host=nowhere",
        ["ConnectionStrings:DurableTask"] = "Host=nowhere",
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["Secrets:ActiveKey"] = "k1",
        ["Secrets:Keys:k1"] = Convert.ToBase64String(new byte[32]),
        ["Privacy:HashKey"] = Convert.ToBase64String(new byte[32]),
        ["Webhooks:PublicUrl"] = "https://relais.example",
    };

    [Fact]
    public void Every_class_with_functions_gets_what_it_asks_for()
    {
        using var services = Build(Settings);
        var classes = Repository.AppTypes
            .Where(type => type is { IsAbstract: false } && type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Any(method => method.IsDefined(typeof(FunctionAttribute))))
            .ToList();

        Assert.Contains(classes, type => type.Name == "CampaignFunctions");
        Assert.All(classes, type => Assert.NotNull(ActivatorUtilities.CreateInstance(services, type)));
    }

    [Theory]
    [InlineData("ConnectionStrings:App", "ConnectionStrings__App")]
    [InlineData("ConnectionStrings:System", "ConnectionStrings__System")]
    [InlineData("Secrets:ActiveKey", "Secrets__ActiveKey")]
    [InlineData("Webhooks:PublicUrl", "Webhooks__PublicUrl")]
    public void A_missing_setting_stops_the_start_with_its_name(string setting, string named)
    {
        var settings = Settings.Where(pair => pair.Key != setting).ToDictionary();

        Assert.Contains(named, Assert.Throws<InvalidOperationException>(() => Build(settings)).Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Build(IReadOnlyDictionary<string, string?> settings)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.ConfigureFunctionsWebApplication().AddModules();
        return builder.Services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = false });
    }
}
