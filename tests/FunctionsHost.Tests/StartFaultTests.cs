using System.Net;
using System.Net.Sockets;
using Relais.DevHost.Services;
using Relais.Kit;

namespace FunctionsHost.Tests;

/// <summary>Each fault at the start ends the host with an exit code and one sentence that says what to do.</summary>
public sealed class StartFaultTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("functions-host-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_folder_that_does_not_exist_is_named() =>
        await FailsAsync(
            TestApp.In(Path.Combine(folder, "nowhere")),
            1,
            "nowhere has no worker.config.json, so it holds no built isolated worker app: build the app and give its output folder");

    [Fact]
    public async Task A_folder_without_worker_config_is_no_built_app() =>
        await FailsAsync(
            TestApp.In(folder),
            1,
            "has no worker.config.json, so it holds no built isolated worker app: build the app and give its output folder");

    [Fact]
    public async Task A_worker_config_without_its_assembly_is_no_built_app()
    {
        File.Copy(Path.Combine(TestApp.Folder, "worker.config.json"), Path.Combine(folder, "worker.config.json"));

        await FailsAsync(TestApp.In(folder), 1, "is not there or no dotnet-isolated one: build the app");
    }

    [Fact]
    public async Task A_missing_runtime_is_named_with_its_version()
    {
        CopyApp();
        var runtime = Path.Combine(folder, "Conformance.runtimeconfig.json");
        await File.WriteAllTextAsync(runtime, (await File.ReadAllTextAsync(runtime)).Replace("10.0.0", "99.0.0", StringComparison.Ordinal));

        await FailsAsync(
            TestApp.In(folder),
            1,
            "Conformance needs Microsoft.NETCore.App 99.0.0 and Microsoft.AspNetCore.App 99.0.0, which this machine does not have: " +
            "install that .NET runtime or build the app for an installed one.");
    }

    [Fact]
    public async Task An_app_that_ends_while_starting_is_reported_with_its_exit_code()
    {
        CopyApp();
        File.Delete(Path.Combine(folder, "Microsoft.Azure.Functions.Worker.dll"));

        await FailsAsync(
            TestApp.In(folder),
            1,
            "Conformance ended with exit code 134 while starting: correct what its output above reports.");
    }

    [Theory]
    [InlineData("{ \"version\": \"2.0\",\n\"extensions\": { ", "host.json is not valid JSON at line 2: correct it.")]
    [InlineData("{ }", "host.json lacks \"version\": \"2.0\": add it.")]
    [InlineData(null, "host.json is missing: every Functions app has one, the smallest is { \"version\": \"2.0\" }.")]
    [InlineData(
        "{ \"version\": \"2.0\", \"extensions\": { \"queues\": { \"batchSize\": \"many\" } } }",
        "Failed to convert configuration value 'many' at 'AzureFunctionsJobHost:extensions:Queues:BatchSize'")]
    [InlineData(
        "{ \"version\": \"2.0\", \"extensions\": { \"queues\": { \"batchSize\": 1000 } } }",
        "correct the extensions section of host.json")]
    [InlineData(
        "{ \"version\": \"2.0\", \"extensions\": { \"durableTask\": { \"hubName\": \"no-hub!\" } } }",
        "correct the extensions section of host.json")]
    [InlineData(
        "{ \"version\": \"2.0\", \"logging\": { \"logLevel\": { \"default\": \"Loud\" } } }",
        "logging:logLevel:default of host.json is \"Loud\": give a level from Trace to Critical, or None.")]
    [InlineData(
        "{ \"version\": \"2.0\", \"logging\": { \"console\": { \"LogLevel\": { \"Host\": \"1.5\" } } } }",
        "logging:console:LogLevel:Host of host.json is \"1.5\": give a level from Trace to Critical, or None.")]
    public async Task A_broken_host_json_is_reported_with_its_fault(string? text, string fault)
    {
        if (text is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "host.json"), text);
        }

        File.Copy(Path.Combine(TestApp.Folder, "local.settings.json"), Path.Combine(folder, "local.settings.json"));
        await FailsAsync(TestApp.Options(storage.ConnectionString, ("AzureWebJobsScriptRoot", folder)), 1, fault);
    }

    [Fact]
    public async Task A_storage_account_that_does_not_answer_is_named()
    {
        var port = Ports.Free();
        var account = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aaaa;" +
            $"BlobEndpoint=http://127.0.0.1:{port}/a;QueueEndpoint=http://127.0.0.1:{port}/a;TableEndpoint=http://127.0.0.1:{port}/a";

        await FailsAsync(
            TestApp.Options(account),
            1,
            $"Nothing answers at 127.0.0.1:{port}, the blob service of AzureWebJobsStorage: " +
            "start Azurite or correct the connection string.");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AccountName=a")]
    public async Task A_setting_that_is_no_connection_string_is_refused(string text) =>
        await FailsAsync(TestApp.Options(text), 1, "AzureWebJobsStorage is not the connection string of a storage account: give one");

    [Fact]
    public async Task A_port_in_use_is_named_before_the_worker_starts()
    {
        await using var first = await TestApp.StartAsync(storage.CreateAccount());

        var text = await FailsAsync(
            TestApp.Options(storage.ConnectionString) with { Port = first.Url.Port },
            1,
            $"The address http://127.0.0.1:{first.Url.Port} is in use by another process: " +
            "stop that process or give another port with --port.");
        Assert.DoesNotContain("worker", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_while_the_host_starts_is_named()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        var options = TestApp.Options(storage.CreateAccount(), ("AzureFunctionsJobHost__logging__logLevel__Host", "Information"));

        await FailsAsync(
            options with { Port = port }, 1, $"The address http://127.0.0.1:{port} is in use by another process: stop that process",
            // the host looks whether the port is free before it starts the worker
            line => TakeAt(line, "The worker runs as process", other));
    }

    [Fact]
    public async Task A_time_zone_that_does_not_exist_is_named() =>
        await FailsAsync(
            TestApp.Options(storage.ConnectionString, ("WEBSITE_TIME_ZONE", "Paris")),
            1,
            "WEBSITE_TIME_ZONE is \"Paris\": give the name of a time zone");

    [Fact]
    public async Task A_missing_setting_of_a_schedule_is_named() =>
        await FailsAsync(
            TestApp.Options(storage.ConnectionString, ("CF_TIMER", "every now and then")),
            1,
            "The schedule \"every now and then\" of the timer TickSetting is neither");

    [Theory]
    [InlineData("--port")]
    [InlineData("--port", "none")]
    [InlineData("--port", "70000")]
    public async Task A_wrong_port_is_refused(params string[] arguments)
    {
        var (code, text) = await TestHost.FailAsync(TestApp.In(arguments[0]) with { Arguments = arguments });

        Assert.Equal(2, code);
        Assert.Contains("Usage: FunctionsHost APP_FOLDER [--port N]", text, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Throws<StartException>(() => CommandLine.Parse(["app", .. arguments])).ExitCode);
    }

    private static void TakeAt(string line, string text, Socket socket)
    {
        if (line.Contains(text, StringComparison.Ordinal))
        {
            socket.Listen();
        }
    }

    private static async Task<string> FailsAsync(FunctionsAppOptions options, int expected, string sentence, Action<string>? onLine = null)
    {
        var (code, text) = await TestHost.FailAsync(options, onLine);

        Assert.Equal(expected, code);
        var fault = Assert.Single(text.Split('\n'), line => line.StartsWith("FunctionsHost: ", StringComparison.Ordinal));
        Assert.Contains(sentence, fault, StringComparison.Ordinal);
        return text;
    }

    private void CopyApp()
    {
        foreach (var file in Directory.GetFiles(TestApp.Folder))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }
}
