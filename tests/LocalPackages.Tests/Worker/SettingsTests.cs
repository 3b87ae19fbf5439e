using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Azure.Functions.Worker.Queues;
using Microsoft.Extensions.Configuration;

namespace LocalPackages.Tests.Worker;

public sealed class SettingsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("worker-settings").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Values_of_local_settings_are_set_where_the_environment_has_none()
    {
        Write("local.settings.json", """
            {
              "IsEncrypted": false, // comments and trailing commas are common
              "Values": { "WORKER_TEST_NEW": "from file", "WORKER_TEST_OLD": "from file", "WORKER:TEST:DEEP": "deep", },
              "ConnectionStrings": { "WorkerTest": "a string" },
              "Host": { "LocalHttpPort": 7099, "CORS": "http://localhost:5173", "CORSCredentials": true }
            }
            """);
        Environment.SetEnvironmentVariable("WORKER_TEST_OLD", "from environment");

        var host = LocalSettings.Apply(folder);

        Assert.Equal(new LocalHost(7099, "http://localhost:5173", true), host);
        Assert.Equal("from file", Environment.GetEnvironmentVariable("WORKER_TEST_NEW"));
        Assert.Equal("from environment", Environment.GetEnvironmentVariable("WORKER_TEST_OLD"));
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        Assert.Equal("deep", configuration["WORKER:TEST:DEEP"]);
        Assert.Equal("a string", configuration.GetConnectionString("WorkerTest"));
    }

    [Theory]
    [InlineData("{", "is not valid JSON")]
    [InlineData("""{ "IsEncrypted": true }""", "is encrypted")]
    public void Local_settings_that_cannot_be_read_are_refused(string text, string reason)
    {
        Write("local.settings.json", text);

        Assert.Contains(reason, Assert.Throws<InvalidOperationException>(() => LocalSettings.Apply(folder)).Message);
    }

    [Fact]
    public void The_queue_settings_come_from_host_json()
    {
        Write("host.json", """{ "extensions": { "queues": { "batchSize": 8, "maxDequeueCount": 3, "visibilityTimeout": "00:00:07", "messageEncoding": "none" } } }""");

        var settings = QueueSettings.Read(Configuration());

        Assert.Equal(8, settings.BatchSize);
        Assert.Equal(4 * Environment.ProcessorCount, settings.NewBatchThreshold);
        Assert.Equal(3, settings.MaxDequeueCount);
        Assert.Equal(TimeSpan.FromSeconds(7), settings.VisibilityTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.MaxPollingInterval);
        Assert.False(settings.Base64);
    }

    [Fact]
    public void A_setting_overrides_host_json_by_the_name_the_host_gives_it()
    {
        Write("host.json", """{ "extensions": { "queues": { "batchSize": 8 } } }""");

        var settings = QueueSettings.Read(Configuration(("AzureFunctionsJobHost:extensions:queues:batchSize", "2")));

        Assert.Equal(2, settings.BatchSize);
    }

    [Theory]
    [InlineData("batchSize", "33")]
    [InlineData("batchSize", "0")]
    [InlineData("visibilityTimeout", "soon")]
    [InlineData("messageEncoding", "base65")]
    public void A_value_that_makes_no_sense_is_refused_by_name(string name, string value)
    {
        var configuration = Configuration(($"AzureFunctionsJobHost:extensions:queues:{name}", value));

        Assert.Contains($"extensions.queues.{name} is \"{value}\"", Assert.Throws<InvalidOperationException>(() => QueueSettings.Read(configuration)).Message);
    }

    [Theory]
    [InlineData(new[] { "--port", "8123" }, "http://127.0.0.1:8123")]
    [InlineData(new[] { "--port=8123" }, "http://127.0.0.1:8123")]
    [InlineData(new string[0], "http://127.0.0.1:7071")]
    public void The_port_is_an_argument(string[] args, string url)
    {
        LaunchArguments.WithoutPort(args, out var port);

        Assert.Equal(url, LaunchArguments.Url(new ConfigurationBuilder().Build(), port, settingsPort: null));
    }

    private ConfigurationManager Configuration(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)));
        HostJson.AddTo(configuration, folder);
        return configuration;
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
