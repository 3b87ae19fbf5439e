namespace Relais.Conformance;

/// <summary>What may run beside what: HTTP goes first and one by one, a queue's scenarios in order, the quiet ones alone at the end.</summary>
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
    internal static Scenario Http(string name, Func<App, Task<object?>> script) => new("http." + name, Lane.Http, script);

    internal static Scenario Queue(string name, Func<App, Task<object?>> script) => new("queue." + name, Lane.Queue, script);

    internal static Scenario Timer(string name, Func<App, Task<object?>> script) => new("timer." + name, Lane.Timer, script);

    internal static Scenario Durable(string name, Func<App, Task<object?>> script) => new("durable." + name, Lane.Durable, script);

    internal Scenario Quietly() => this with { Lane = Lane.Quiet };
}
