namespace Relais.Conformance;

/// <summary>The groups of scenarios: HTTP scenarios run first and one by one, quiet scenarios run alone at the end.</summary>
internal enum Lane
{
    Http,
    Queue,
    Timer,
    Durable,
    Quiet,
}

/// <summary>One test of the app. Its result is plain JSON, and a member whose name starts with ~ is informative.</summary>
internal sealed record Scenario(string Name, Lane Lane, Func<App, Task<object?>> Script)
{
    /// <summary>Scenarios with the same turn share a queue or a series of ids and run one after the other.</summary>
    internal string Turn { get; private init; } = "";

    internal static Scenario Http(string name, Func<App, Task<object?>> script) => new("http." + name, Lane.Http, script);

    internal static Scenario Queue(string turn, string name, Func<App, Task<object?>> script) =>
        new("queue." + name, Lane.Queue, script) { Turn = turn };

    internal static Scenario Timer(string name, Func<App, Task<object?>> script) => new("timer." + name, Lane.Timer, script);

    internal static Scenario Durable(string name, Func<App, Task<object?>> script) => new("durable." + name, Lane.Durable, script);

    internal Scenario Quietly() => this with { Lane = Lane.Quiet };
}
