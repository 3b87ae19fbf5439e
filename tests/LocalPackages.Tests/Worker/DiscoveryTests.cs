using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LocalPackages.Tests.Worker;

public sealed class DiscoveryTests
{
    [Theory]
    [InlineData(typeof(SameName), "The function name 'twice' is used by")]
    [InlineData(typeof(TwoTriggers), "has 2 triggers")]
    [InlineData(typeof(NoTrigger), "has 0 triggers")]
    [InlineData(typeof(NotPublic), "is not public")]
    [InlineData(typeof(NotAName), "needs another name")]
    [InlineData(typeof(UnknownBinding), "which no extension beside this app handles")]
    [InlineData(typeof(SameRoute), "have the same route: GET api/One")]
    [InlineData(typeof(BadRoute), "the route \"api/{broken\" is not valid")]
    [InlineData(typeof(UnknownConstraint), "the route \"api/{x:nosuch}\" is not valid")]
    [InlineData(typeof(WrongInput), "must be an HttpRequest")]
    public void An_app_that_cannot_work_is_refused_with_the_reason(Type functions, string reason)
    {
        var builder = TestApp.Builder([functions]);
        builder.Services.AddSingleton<Journal>();

        var refusal = Assert.Throws<InvalidOperationException>(builder.Build);

        Assert.Contains(reason, refusal.Message);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var refusal = Assert.Throws<InvalidOperationException>(TestApp.Builder([typeof(TwoTriggers), typeof(NotPublic)]).Build);

        Assert.Equal(3, refusal.Message.Split('\n').Length);
    }

    [Theory]
    [InlineData(typeof(BadCron), "the schedule \"* * * *\" is not valid: it has 4 fields, not 5 or 6")]
    [InlineData(typeof(NeverDue), "the schedule \"0 0 0 30 2 *\" is not valid: it is never due")]
    [InlineData(typeof(UnsetSetting), "The setting 'NOWHERE' that \"%NOWHERE%\" names is not set")]
    [InlineData(typeof(NoStorage), "The storage connection 'AzureWebJobsStorage' of queue 'q' is not set")]
    public async Task A_trigger_that_cannot_work_stops_the_start(Type functions, string reason)
    {
        using var host = TestApp.Builder([functions], new() { ["AzureWebJobsStorage"] = "" }).Build();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains(reason, refusal.Message);
    }

    [Theory]
    [InlineData("AzureWebJobs.Fine.Disabled", "true", 0)]
    [InlineData("AzureWebJobs:fine:Disabled", "1", 0)]
    [InlineData("AzureWebJobs.Fine.Disabled", "false", 1)]
    [InlineData("AzureWebJobs.Other.Disabled", "true", 1)]
    public void A_setting_leaves_a_function_out(string name, string value, int left)
    {
        using var host = TestApp.Builder([typeof(Fine)], new() { ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true", [name] = value }).Build();

        Assert.Equal(left, host.Services.GetRequiredService<IFunctionCatalog>().Functions.Count);
    }

    [Fact]
    public void A_definition_tells_the_bindings()
    {
        using var host = TestApp.Builder([typeof(Fine)], new() { ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true" }).Build();

        var definition = host.Services.GetRequiredService<IFunctionCatalog>().Functions.Single().Definition;

        Assert.Equal("Fine", definition.Name);
        Assert.Equal("LocalPackages.Tests.Worker.DiscoveryTests+Fine.Run", definition.EntryPoint);
        Assert.Equal(["request", "n"], definition.Parameters.Select(p => p.Name));
        Assert.Equal("httpTrigger", definition.InputBindings["request"].Type);
        Assert.Equal(["Answer http", "Message queue"], definition.OutputBindings.Values.Select(b => $"{b.Name} {b.Type}").Order());
    }

    public sealed class SameName
    {
        [Function("twice")]
        public void One([TimerTrigger("* * * * * *")] TimerInfo timer) => _ = timer;

        [Function("Twice")]
        public void Two([TimerTrigger("* * * * * *")] TimerInfo timer) => _ = timer;
    }

    public sealed class TwoTriggers
    {
        [Function("both")]
        public void Run([TimerTrigger("* * * * * *")] TimerInfo timer, [QueueTrigger("q")] string message) => _ = timer;
    }

    public sealed class NoTrigger
    {
        [Function("none")]
        public void Run(string message) => _ = message;
    }

    public sealed class NotAName
    {
        [Function("not a name")]
        public void Run([TimerTrigger("* * * * * *")] TimerInfo timer) => _ = timer;
    }

    public sealed class NotPublic
    {
        [Function("hidden")]
        internal void Run([TimerTrigger("* * * * * *")] TimerInfo timer) => _ = timer;
    }

    public sealed class UnknownBinding
    {
        [Function("unknown")]
        public void Run([Elsewhere] string message) => _ = message;
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class ElsewhereAttribute : TriggerBindingAttribute;

    public sealed class SameRoute
    {
        [Function("a")]
        public void One([HttpTrigger("get", Route = "one")] HttpRequest request) => _ = request;

        [Function("b")]
        public void Two([HttpTrigger("post", "get", Route = "One")] HttpRequest request) => _ = request;
    }

    public sealed class BadRoute
    {
        [Function("bad")]
        public void Run([HttpTrigger("get", Route = "{broken")] HttpRequest request) => _ = request;
    }

    public sealed class UnknownConstraint
    {
        [Function("constraint")]
        public void Run([HttpTrigger("get", Route = "{x:nosuch}")] HttpRequest request) => _ = request;
    }

    public sealed class WrongInput
    {
        [Function("wrong")]
        public void Run([HttpTrigger("get")] string body) => _ = body;
    }

    public sealed class BadCron
    {
        [Function("cron")]
        public void Run([TimerTrigger("* * * *")] TimerInfo timer) => _ = timer;
    }

    public sealed class NeverDue
    {
        [Function("never")]
        public void Run([TimerTrigger("0 0 0 30 2 *")] TimerInfo timer) => _ = timer;
    }

    public sealed class UnsetSetting
    {
        [Function("unset")]
        public void Run([TimerTrigger("%NOWHERE%")] TimerInfo timer) => _ = timer;
    }

    public sealed class NoStorage
    {
        [Function("queue")]
        public void Run([QueueTrigger("q")] string message) => _ = message;
    }

    public sealed class Fine
    {
        [Function("Fine")]
        public Outputs Run([HttpTrigger("get")] HttpRequest request, int n = 3) => new(n);
    }

    public sealed class Outputs(int n)
    {
        [HttpResult]
        public IResult Answer => Results.Ok(n);

        [QueueOutput("q")]
        public string? Message => null;
    }
}
