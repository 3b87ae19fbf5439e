using Relais.Conformance.Json;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

internal static class Events
{
    internal static readonly Scenario[] All =
    [
        Durable("event.buffered", Buffered),
        Durable("event.beforestart", BeforeStart),
        Raised("fifo", "evf", "O_EvFifo", 90, ("e", "a"), ("e", "b"), ("e", "c")),
        Durable("event.many", Many),
        Durable("event.concurrentwaits", ConcurrentWaits),
        Raised("case", "evcase", "O_EvCase", 90, ("CASENAME", "matched")),
        Durable("event.types", Types),
        Durable("event.raw", Raw),
        Durable("event.badtype", async app => Views.Lenient(await RaisedAsync(app, "evbad", "O_EvBadType", null, 25, ("e", "not an int")))),
        Durable("event.timeout", async app => await app.GoAsync("O_EvTimeout", 2, label: "evto")),
        Durable("event.timeout.intime", async app => await RaisedAsync(app, "evti", "O_EvTimeout", 60, 30, ("go", "intime"))),
        Durable("event.aftertimeout", AfterTimeout),
        Raised("any", "evany", "O_EvAny", 30, ("no", "n")),
        Durable("event.unknownname", UnknownName),
        Durable("event.missinginstance", MissingInstance),
        Durable("event.completedinstance", CompletedInstance),
        Durable("event.fromorchestrator", FromOrchestrator),
    ];

    private static Scenario Raised(
        string name, string label, string orchestration, double timeout, params (string Name, object? Payload)[] events) =>
        Durable("event." + name, async app => await RaisedAsync(app, label, orchestration, null, timeout, events));

    private static async Task<Fields?> RaisedAsync(
        App app, string label, string orchestration, object? input, double timeout, params (string Name, object? Payload)[] events)
    {
        var id = app.Id(label);
        await app.StartAsync(orchestration, input, id);
        await app.RunningAsync(id);
        foreach (var (name, payload) in events)
        {
            await app.RaiseAsync(id, name, payload);
        }

        return Views.Meta(await app.CompletedAsync(id, timeout));
    }

    private static async Task<object?> Buffered(App app)
    {
        var id = app.Id("evb");
        await app.StartAsync("O_EvBuffered", null, id);
        await app.RunningAsync(id);
        await app.RaiseAsync(id, "early", "before wait");
        await Clock.Seconds(1);
        await app.RaiseAsync(id, "start", "s");
        return Views.Meta(await app.CompletedAsync(id));
    }

    private static async Task<object?> BeforeStart(App app)
    {
        var id = app.Id("evp");
        var start = await app.StartAsync("O_Wait", null, id);
        var raise = await app.RaiseAsync(id, "go", "immediately");
        return new Fields { ["start"] = start, ["raise"] = Views.Call(raise), ["meta"] = Views.Meta(await app.CompletedAsync(id, 60)) };
    }

    private static async Task<object?> Many(App app)
    {
        var id = app.Id("evmany");
        var sent = Enumerable.Range(0, 30).Select(i => $"{i:00}").ToList();
        await app.StartAsync("O_EvMany", 30, id);
        foreach (var payload in sent)
        {
            await app.RaiseAsync(id, "many", payload);
        }

        var meta = (await app.CompletedAsync(id, 40))!;
        var output = Views.Output(meta["output"]);
        return new Fields
        {
            ["status"] = meta["status"],
            ["count"] = output is List<object?> all ? all.Count : output,
            ["inOrder"] = output is List<object?> got && got.SequenceEqual(sent),
        };
    }

    private static async Task<object?> ConcurrentWaits(App app)
    {
        var id = app.Id("evc");
        await app.StartAsync("O_EvConcurrent", null, id);
        await app.RunningAsync(id);
        await Clock.Seconds(1);
        await app.RaiseAsync(id, "e", "1");
        await Clock.Seconds(1.5);
        await app.RaiseAsync(id, "e", "2");
        return Views.Meta(await app.CompletedAsync(id));
    }

    private static async Task<object?> Types(App app)
    {
        var id = app.Id("evt");
        await app.StartAsync("O_EvTypes", null, id);
        await app.RunningAsync(id);
        var raise = await app.ClientAsync("raisetyped", ("id", id));
        return new Fields { ["raise"] = Views.Call(raise), ["meta"] = Views.Meta(await app.CompletedAsync(id, 30)) };
    }

    private static async Task<object?> Raw(App app) => new Fields
    {
        ["object"] = await RaisedAsync(
            app, "evraw-object", "O_EvRaw", null, 30, ("raw", new Fields { ["Aa"] = 1, ["b"] = (object?[])[1, null, "é"] })),
        ["string"] = await RaisedAsync(app, "evraw-string", "O_EvRaw", null, 30, ("raw", "x")),
        ["number"] = await RaisedAsync(app, "evraw-number", "O_EvRaw", null, 30, ("raw", 1.5)),
    };

    private static async Task<object?> AfterTimeout(App app)
    {
        var id = app.Id("evlate");
        await app.StartAsync("O_EvLateAfterTimeout", null, id);
        await app.UntilAsync(id, meta => meta.Text("custom") == "\"timed out\"");
        await Clock.Seconds(0.5);
        await app.RaiseAsync(id, "go", "second wait");
        return Views.Meta(await app.CompletedAsync(id, 40));
    }

    private static async Task<object?> UnknownName(App app)
    {
        var id = app.Id("evun");
        await app.StartAsync("O_Wait", null, id);
        await app.RunningAsync(id);
        var raise = await app.RaiseAsync(id, "nobodywaits", 1);
        await Clock.Seconds(1);
        var status = await app.StatusAsync(id);
        await app.RaiseAsync(id, "go", "x");
        return new Fields { ["raise"] = Views.Call(raise), ["status"] = status, ["meta"] = Views.Meta(await app.CompletedAsync(id)) };
    }

    // Checks whether an event for a missing instance is kept for a later instance with the same id.
    private static async Task<object?> MissingInstance(App app)
    {
        var id = app.Id("evmiss");
        var raise = await app.RaiseAsync(id, "go", "x");
        await Clock.Seconds(1);
        var after = await app.MetaAsync(id);
        var start = await app.StartAsync("O_Wait", null, id);
        await app.RunningAsync(id);
        await Clock.Seconds(2);
        var status = await app.StatusAsync(id);
        await app.RaiseAsync(id, "go", "y");
        return new Fields
        {
            ["raise"] = Views.Call(raise),
            ["getAfter"] = after,
            ["start"] = start,
            ["statusBeforeSecondRaise"] = status,
            ["meta"] = Views.Meta(await app.CompletedAsync(id)),
        };
    }

    private static async Task<object?> CompletedInstance(App app)
    {
        var id = app.Id("evdone");
        await app.StartAsync("O_One", 1, id);
        await app.CompletedAsync(id);
        var raise = await app.RaiseAsync(id, "go", "x");
        await Clock.Seconds(1);
        return new Fields { ["raise"] = Views.Call(raise), ["meta"] = Views.Meta(await app.MetaAsync(id)) };
    }

    private static async Task<object?> FromOrchestrator(App app)
    {
        var (receiver, sender) = (app.Id("evrecv"), app.Id("evsend"));
        await app.StartAsync("O_Wait", null, receiver);
        await app.RunningAsync(receiver);
        await app.StartAsync("O_SendEvent", receiver, sender);
        return new Fields
        {
            ["sender"] = Views.Meta(await app.CompletedAsync(sender)),
            ["receiver"] = Views.Meta(await app.CompletedAsync(receiver, 30)),
        };
    }
}
