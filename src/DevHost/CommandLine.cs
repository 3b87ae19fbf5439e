using System.Globalization;
using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>The options of the command line.</summary>
internal sealed record HostOptions
{
    public const string Usage = """
        usage: dotnet run --project src/DevHost [-- options]

        Starts PostgreSQL, Azurite, a Twilio simulator and the app, runs a demo campaign, and stays up until Ctrl-C.

          --contacts FILE.csv   use the contacts of this file in the demo, instead of the built-in file
          --rate N              messages per second of the demo's sender (default 20)
          --demo-and-exit       exit after the summary: 0 if all totals equal the simulator's and no rate limit was exceeded, else 1
          --no-demo             start everything and wait, without the demo
          --fresh               delete the data of earlier runs first
          --host NAME           the host of the app: relais (src/FunctionsHost, the default) or func (Azure Functions Core Tools)
          --help                show this text

        To use your own servers, set ConnectionStrings__Postgres (an administrator's connection string) or AzureWebJobsStorage.
        """;

    public string? Contacts { get; init; }
    public int Rate { get; init; } = 20;
    public bool DemoAndExit { get; init; }
    public bool NoDemo { get; init; }
    public bool Fresh { get; init; }
    public HostCommand Host { get; init; } = HostCommand.FunctionsHost;
    public bool Help { get; init; }
}

/// <summary>The command line is invalid; the message names the option.</summary>
internal sealed class CommandLineException(string message) : Exception(message);

internal static class CommandLine
{
    private const int HighestRate = 1000;

    public static HostOptions Parse(IReadOnlyList<string> args)
    {
        var options = new HostOptions();
        var unknown = new List<string>();
        var remaining = new Queue<string>(args);
        while (remaining.TryDequeue(out var arg))
        {
            // A value follows its option as "--rate 5" or "--rate=5".
            var (name, inline) = arg.Split('=', 2) is [var left, var right] ? (left, right) : (arg, null);
            string Value() =>
                inline ?? (remaining.TryDequeue(out var next) ? next : throw new CommandLineException($"{name} needs a value"));
            switch (name)
            {
                case "--contacts": options = options with { Contacts = ExistingFile(Value()) }; break;
                case "--rate": options = options with { Rate = ParseRate(Value()) }; break;
                case "--host": options = options with { Host = ParseHost(Value()) }; break;
                case "--demo-and-exit" when inline is null: options = options with { DemoAndExit = true }; break;
                case "--no-demo" when inline is null: options = options with { NoDemo = true }; break;
                case "--fresh" when inline is null: options = options with { Fresh = true }; break;
                case "--help" or "-h" or "-?" when inline is null: options = options with { Help = true }; break;
                default: unknown.Add(arg); break;
            }
        }

        return unknown.Count > 0
            ? throw new CommandLineException($"unknown option{(unknown.Count > 1 ? "s" : "")}: {string.Join(' ', unknown)}")
            : options is { NoDemo: true, DemoAndExit: true }
                ? throw new CommandLineException("--no-demo and --demo-and-exit exclude each other")
                : options;
    }

    private static HostCommand ParseHost(string name) => name switch
    {
        "relais" => HostCommand.FunctionsHost,
        "func" => HostCommand.CoreTools() ?? throw new CommandLineException(
            "--host func needs Azure Functions Core Tools, and there is no program func on the PATH"),
        _ => throw new CommandLineException($"--host is relais or func, not '{name}'"),
    };

    private static int ParseRate(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= HighestRate
            ? rate
            : throw new CommandLineException($"--rate is a whole number from 1 to {HighestRate}, not '{text}'");

    private static string ExistingFile(string path) =>
        File.Exists(path) ? Path.GetFullPath(path) : throw new CommandLineException($"--contacts: there is no file '{path}'");
}
