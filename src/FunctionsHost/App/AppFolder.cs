namespace FunctionsHost;

/// <summary>The output folder of a built isolated worker app.</summary>
internal sealed record AppFolder(string Path, string WorkerFile)
{
    private const string Advice = "build the app and give its output folder, such as bin/Debug/net10.0.";

    /// <summary>The name of its assembly.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(WorkerFile);

    /// <summary>host.json and local.settings.json lie beside the app unless AzureWebJobsScriptRoot names another folder.</summary>
    public string SettingsPath =>
        Environment.GetEnvironmentVariable("AzureWebJobsScriptRoot") is { Length: > 0 } root ? System.IO.Path.GetFullPath(root) : Path;

    public static AppFolder Open(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        var description = ReadJson(System.IO.Path.Combine(path, "worker.config.json"))?.GetSection("description")
            ?? throw new StartException($"{path} has no worker.config.json, so it holds no built isolated worker app: {Advice}");
        var worker = System.IO.Path.Combine(path, description["defaultWorkerPath"] ?? "");
        return description["language"] == "dotnet-isolated" && File.Exists(worker) ? new(path, worker) : throw new StartException(
            $"The app that worker.config.json in {path} describes is not there or no dotnet-isolated one: {Advice}");
    }

    /// <summary>The runtimes that the app asks for, such as "Microsoft.NETCore.App 10.0.0".</summary>
    public string Runtimes()
    {
        var options = ReadJson(System.IO.Path.ChangeExtension(WorkerFile, ".runtimeconfig.json"))?.GetSection("runtimeOptions");
        var frameworks = options?.GetSection("frameworks").GetChildren().Append(options.GetSection("framework")) ?? [];
        return string.Join(" and ", frameworks.Where(one => one["name"] is not null).Select(one => $"{one["name"]} {one["version"]}"));
    }

    /// <summary>Null when there is no such file.</summary>
    public static IConfiguration? ReadJson(string file)
    {
        try
        {
            return File.Exists(file) ? new ConfigurationBuilder().AddJsonFile(file).Build() : null;
        }
        catch (InvalidDataException e)
        {
            var fault = e.GetBaseException();
            var place = fault is System.Text.Json.JsonException { LineNumber: { } line } ? $" at line {line + 1}" : $" ({fault.Message})";
            throw new StartException($"{file} is not valid JSON{place}: correct it.");
        }
    }
}
