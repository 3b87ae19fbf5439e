using Relais.Conformance.Json;
using Relais.Conformance.Wire;
using static Relais.Conformance.Scenario;

namespace Relais.Conformance.Orchestrations;

/// <summary>Optional API. If an implementation omits it, its routes are missing and the result is "absent".</summary>
internal static class Optional
{
    private const string Absent = "absent";

    internal static readonly Scenario[] All =
    [
        Durable("x.version", Version),
        Durable("x.dedupe", Dedupe),
        Durable("x.tags", app => Plain(app, "POST", "x/tags?id=" + app.Id("tags"))),
        Durable("x.restart", Restart),
        Durable("x.terminate.recursive", TerminateRecursive),
        Durable("x.purge.recursive", PurgeRecursive),
        Durable("x.pages", Pages),
        Durable("x.waitcancel", WaitCancel),
    ];

    private static Task<Reply> PostAsync(App app, string path) => app.SendAsync("POST", path, []);

    private static async Task<object?> Plain(App app, string method, string path)
    {
        var reply = await app.SendAsync(method, path, method == "POST" ? [] : null);
        return reply.Status == 404 ? Absent : Views.Call(reply.Object());
    }

    // An instance with a non-empty version never starts on the recorded combination.
    private static async Task<object?> Version(App app)
    {
        var id = app.Id("ver");
        var reply = await PostAsync(app, "x/version?id=" + id);
        return reply.Status == 404
            ? Absent
            : new Fields
            {
                ["None"] = new Fields { ["start"] = Views.Call(reply.Object()), ["meta"] = Views.Meta(await app.CompletedAsync(id, 15)) },
            };
    }

    private static async Task<object?> Dedupe(App app)
    {
        var seen = new Fields();
        foreach (var (name, orchestration, statuses) in ((string, string, string)[])
            [
                ("completed.listed", "O_One", "Completed"), ("completed.notlisted", "O_One", "Running,Pending"),
                ("running.notlisted", "O_Wait", "Completed"), ("running.listed", "O_Wait", "Running"),
            ])
        {
            var id = app.Id("dedupe");
            await app.StartAsync(orchestration, orchestration == "O_One" ? 1 : null, id);
            await (orchestration == "O_One" ? app.CompletedAsync(id) : app.RunningAsync(id));
            var reply = await PostAsync(app, $"x/dedupe/{statuses}?id={id}");
            if (reply.Status == 404)
            {
                return Absent;
            }

            await Clock.Seconds(2);
            var meta = (await app.MetaAsync(id))!;
            seen[name] = new Fields { ["second"] = Views.Call(reply.Object()), ["name"] = meta["name"], ["status"] = meta["status"] };
            if (!meta.Is("completed"))
            {
                await app.TerminateAsync(id);
            }
        }

        return seen;
    }

    private static async Task<object?> Restart(App app)
    {
        var id = app.Id("restart");
        await app.StartAsync("O_One", 3, id);
        var first = (await app.CompletedAsync(id))!;
        var reply = await PostAsync(app, "x/restart?id=" + id);
        if (reply.Status == 404)
        {
            return Absent;
        }

        await app.UntilAsync(id, meta => meta.Is("completed") && meta.Text("created") != first.Text("created"), 10);
        var second = (await app.MetaAsync(id))!;
        var renewed = (await PostAsync(app, $"x/restart?id={id}&new=1")).Object();
        var unknown = (await PostAsync(app, "x/restart?id=" + app.Id("restartunk"))).Object();
        return new Fields
        {
            ["same"] = Views.Call(reply.Object()),
            ["createdChanged"] = second.Text("created") != first.Text("created"),
            ["meta"] = Views.Meta(second),
            ["newid"] = renewed.Get("value") is string newId
                ? new Fields { ["differs"] = newId != id, ["meta"] = Views.Meta(await app.CompletedAsync(newId, 15)) }
                : Views.Call(renewed),
            ["unknown"] = Views.Call(unknown),
        };
    }

    private static async Task<object?> TerminateRecursive(App app)
    {
        var id = app.Id("xterm");
        await app.StartAsync("O_LongParent", null, id);
        await app.UntilAsync(id + "-child", meta => meta.Text("status") == "Running");
        var reply = await PostAsync(app, "x/terminaterecursive?id=" + id);
        if (reply.Status == 404)
        {
            return Absent;
        }

        var parent = await app.UntilAsync(id, meta => meta.Is("completed"), 15);
        var child = await app.UntilAsync(id + "-child", meta => meta.Is("completed"), 6);
        foreach (var left in new[] { child, parent }.Where(meta => meta is not null && !meta.Is("completed")))
        {
            await app.TerminateAsync(left!.Text("id")!);
        }

        return new Fields { ["call"] = Views.Call(reply.Object()), ["parent"] = Views.Meta(parent), ["child"] = Views.Meta(child) };
    }

    private static async Task<object?> PurgeRecursive(App app)
    {
        var id = app.Id("xpurge");
        await app.StartAsync("O_SubExplicit", null, id);
        await app.CompletedAsync(id);
        var reply = await PostAsync(app, "x/purgerecursive?id=" + id);
        return reply.Status == 404
            ? Absent
            : new Fields
            {
                ["call"] = Views.Call(reply.Object()),
                ["parent"] = await app.MetaAsync(id),
                ["child"] = await app.StatusAsync(id + "-child"),
            };
    }

    private static async Task<object?> Pages(App app)
    {
        var prefix = app.Id("pages") + "-";
        await app.ClientAsync("startmany/O_One/7", ("prefix", prefix));
        for (var i = 0; i < 7; i++)
        {
            await app.CompletedAsync($"{prefix}{i:00}");
        }

        return await Plain(app, "GET", "x/pages?prefix=" + prefix);
    }

    private static async Task<object?> WaitCancel(App app)
    {
        var id = app.Id("waitcancel");
        if (!(await app.StartAsync("X_WaitCancel", null, id)).ContainsKey("value"))
        {
            return Absent;
        }

        var meta = await app.UntilAsync(id, meta => meta.Text("custom") == "\"cancelled\"" || meta.Is("completed"), 15);
        if (meta is null || meta.Is("completed") || meta.Text("status") == "Pending")
        {
            return meta is null ? Absent : Views.Meta(meta);
        }

        await Clock.Seconds(0.5);
        await app.RaiseAsync(id, "go", "for the second waiter");
        return Views.Meta(await app.CompletedAsync(id, 15));
    }
}
