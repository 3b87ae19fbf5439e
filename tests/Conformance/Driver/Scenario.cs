namespace Relais.Conformance;

/// <summary>What may run beside what: HTTP goes first and one by one, the quiet ones go alone at the end.</summary>
internal enum Lane
{
    Http,
    Queue,
    Timer,
    Durable,
    Quiet,
}

/// <summary>One thing asked of the app; its result is plain JSON, and a member whose name starts with ~ is informative.</summary>
internal sealed record Scenario(string Name, Lane Lane, Func<App, Task<object?>> Script)
{
    /// <summary>Scenarios of one turn share a queue, or number their ids together, and go one after the other.</summary>
    internal string Turn { get; private init; } = "";

    internal static Scenario Http(string name, Func<App, Task<object?>> script) => new("http." + name, Lane.Http, script);

    internal static Scenario Queue(string turn, string name, Func<App, Task<object?>> script) => new("queue." + name, Lane.Queue, script) { Turn = turn };

    internal static Scenario Timer(string name, Func<App, Task<object?>> script) => new("timer." + name, Lane.Timer, script);

    internal static Scenario Durable(string name, Func<App, Task<object?>> script) => new("durable." + name, Lane.Durable, script);

    internal Scenario Quietly() => this with { Lane = Lane.Quiet };
}
