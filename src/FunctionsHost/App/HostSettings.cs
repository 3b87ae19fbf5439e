namespace FunctionsHost;

/// <summary>Settings of host and app. The command line wins over the environment, then local.settings.json, then host.json.</summary>
internal sealed class HostSettings(AppFolder app, CommandLine line, IConfiguration all, IConfiguration? local)
{
    /// <summary>The section of host.json; AzureFunctionsJobHost__… in the environment overrides it, as on Azure.</summary>
    private const string Section = "AzureFunctionsJobHost";

    public AppFolder App => app;
    public CommandLine Line => line;
    public IConfiguration All => all;
    public IConfigurationSection HostJson => All.GetSection(Section);
    public string RoutePrefix => HostJson["extensions:http:routePrefix"] ?? "api";

    /// <summary>Names the app in the storage account, where hosts of the same app share locks and states.</summary>
    public string HostId => All["AzureFunctionsWebHost:hostid"] ?? App.Name.Replace('.', '-').ToLowerInvariant();

    public string Url => Line.Port is { } port ? $"http://127.0.0.1:{port}"
        : All["ASPNETCORE_URLS"] ?? $"http://127.0.0.1:{local?["Host:LocalHttpPort"] ?? "7071"}";

    public BindingAddress Address
    {
        get
        {
            try
            {
                return BindingAddress.Parse(Url.Split(';')[0]);
            }
            catch (FormatException)
            {
                throw new StartException(
                    $"The address \"{Url}\" of ASPNETCORE_URLS or Host:LocalHttpPort is not valid: give one like http://127.0.0.1:7071.");
            }
        }
    }

    public string[] CorsOrigins => (All["Host:CORS"] ?? local?["Host:CORS"] ?? "")
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    public bool CorsCredentials => IsTrue(All["Host:CORSCredentials"] ?? local?["Host:CORSCredentials"]);

    /// <summary>The largest body of a request, in bytes.</summary>
    public long BodyLimit => Number("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", 100 * 1024 * 1024);

    /// <summary>The time that running work has after SIGTERM.</summary>
    public TimeSpan DrainLimit => TimeSpan.FromSeconds(Math.Min(Number("DOTNET_shutdownTimeoutSeconds", 30), 86_400));

    public TimeZoneInfo TimeZone => All["WEBSITE_TIME_ZONE"] is not { Length: > 0 } name ? TimeZoneInfo.Local
        : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone
        : throw new StartException($"WEBSITE_TIME_ZONE is \"{name}\": give the name of a time zone, such as Africa/Conakry.");

    public static HostSettings Load(AppFolder app, CommandLine line)
    {
        var local = AppFolder.ReadJson(Path.Combine(app.SettingsPath, "local.settings.json"));
        foreach (var (name, value) in local?.GetSection("Values").AsEnumerable(makePathsRelative: true) ?? [])
        {
            // in the environment, where app and extensions look; a value that is there already wins, as with Core Tools
            if (value is not null && Environment.GetEnvironmentVariable(name) is null)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }

        // has the Durable extension speak gRPC with the worker
        Environment.SetEnvironmentVariable("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated");
        // with this name, which some sandboxes set, the Durable extension does less at once, as on a Linux Consumption plan
        Environment.SetEnvironmentVariable("CONTAINER_NAME", null);
        var file = Path.Combine(app.SettingsPath, "host.json");
        var json = AppFolder.ReadJson(file)
            ?? throw new StartException($"{file} is missing: every Functions app has one, the smallest is {{ \"version\": \"2.0\" }}.");
        json = json["version"] == "2.0" ? json : throw new StartException($"{file} lacks \"version\": \"2.0\": add it.");
        var settings = json.AsEnumerable().Where(setting => setting.Value is not null)
            .ToDictionary(setting => $"{Section}:{setting.Key}", setting => setting.Value);
        settings["AzureWebJobsConfigurationSection"] = Section;
        var all = new ConfigurationBuilder().AddInMemoryCollection(settings).AddEnvironmentVariables().AddCommandLine(line.AppArguments);
        var loaded = new HostSettings(app, line, all.Build(), local);
        // the Durable extension names its worker by these; by the machine alone, two hosts on it would both own every partition
        Environment.SetEnvironmentVariable("WEBSITE_CURRENT_STAMPNAME", Environment.MachineName);
        Environment.SetEnvironmentVariable("RoleInstanceId", $"{loaded.Address.Port}");
        var wrong = loaded.HostJson.GetSection("logging").AsEnumerable().FirstOrDefault(IsWrongLevel);
        return wrong.Key is null ? loaded : throw new StartException(
            $"{wrong.Key[(Section.Length + 1)..]} of host.json is \"{wrong.Value}\": give a level from Trace to Critical, or None.");
    }

    /// <summary>A shell drops environment variables with dots, so AzureWebJobs__NAME__Disabled counts too.</summary>
    public bool IsDisabled(string function) => IsTrue(All[$"AzureWebJobs.{function}.Disabled"] ?? All[$"AzureWebJobs:{function}:Disabled"]);

    /// <summary>Replaces each %NAME% by the setting of that name.</summary>
    public string Resolve(string text) => Regex.Replace(text, "%([^%]+)%", match => All[match.Groups[1].Value] ?? throw new StartException(
        $"A function names the setting {match.Groups[1].Value}, which is missing: add it to the environment or to local.settings.json."));

    /// <summary>The connection string of a binding; without a name, that of AzureWebJobsStorage.</summary>
    public string Connection(string? name)
    {
        name = name is { Length: > 0 } ? name : "Storage";
        return All[$"AzureWebJobs{name}"] ?? All[name] ?? throw new StartException(
            $"The setting AzureWebJobs{name} is missing: " +
            "give the connection string of a storage account, such as UseDevelopmentStorage=true for Azurite.");
    }

    private static bool IsWrongLevel(KeyValuePair<string, string?> setting) => setting.Value is { Length: > 0 } level
        && setting.Key.Contains(":logLevel:", StringComparison.OrdinalIgnoreCase) && !Enum.TryParse<LogLevel>(level, true, out _);

    private static bool IsTrue(string? value) => value == "1" || "true".Equals(value, StringComparison.OrdinalIgnoreCase);

    private long Number(string name, int otherwise) =>
        long.TryParse(All[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
