using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LocalPackages.Tests.Worker;

public sealed class MiddlewareTests
{
    [Fact]
    public async Task Middleware_runs_in_its_order_and_only_when_it_applies()
    {
        await using var app = await TestApp.StartAsync([typeof(Web)], configure: builder =>
        {
            builder.UseMiddleware<Noting>();
            builder.UseWhen<Refusing>(context => context.FunctionDefinition.Name == "Guarded");
            builder.UseMiddleware(async (context, next) =>
            {
                context.InstanceServices.GetRequiredService<Journal>().Add("lambda");
                await next();
            });
        });

        using var open = await app.Http.GetAsync("free");
        var first = app.Journal.Lines;
        using var guarded = await app.Http.GetAsync("guarded");

        Assert.Equal(["before Free", "lambda", "function", "after Free"], first);
        Assert.Equal(403, (int)guarded.StatusCode);
        Assert.Equal(["before Guarded", "after Guarded"], app.Journal.Lines.Skip(4));
    }

    [Fact]
    public async Task Middleware_sees_the_exception_as_it_was_thrown_and_can_answer_for_it()
    {
        await using var app = await TestApp.StartAsync([typeof(Web)], configure: builder => builder.UseMiddleware(async (context, next) =>
        {
            try
            {
                await next();
            }
            catch (Exception e)
            {
                context.GetInvocationResult().Value = Results.Text($"{e.GetType().Name}: {e.Message}", statusCode: 409);
            }
        }));

        using var answer = await app.Http.GetAsync("throw");

        Assert.Equal(409, (int)answer.StatusCode);
        Assert.Equal("TimeoutException: too late", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_scope_lasts_as_long_as_its_invocation()
    {
        await using var app = await TestApp.StartAsync([typeof(Web)], configure: builder => builder.Services.AddScoped<Scoped>());

        await app.Http.GetAsync("scoped");

        await Relais.Kit.Wait.UntilAsync(() => app.Journal.Count("disposed") == 1);
        Assert.Equal(["same scope: True", "disposed"], app.Journal.Lines);
    }

    public sealed class Noting(Journal journal) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            journal.Add($"before {context.FunctionDefinition.Name}");
            await next(context);
            journal.Add($"after {context.FunctionDefinition.Name}");
        }
    }

    public sealed class Refusing : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.GetHttpContext()!.Response.StatusCode = 403;
            return Task.CompletedTask;
        }
    }

    public sealed class Scoped(Journal journal) : IDisposable
    {
        public void Dispose() => journal.Add("disposed");
    }

    public sealed class Web(Journal journal, IServiceProvider services)
    {
        [Function("Free")]
        public void Free([HttpTrigger(AuthorizationLevel.Anonymous, Route = "free")] HttpRequest request) => journal.Add("function");

        [Function("Guarded")]
        public void Guarded([HttpTrigger(AuthorizationLevel.Anonymous, Route = "guarded")] HttpRequest request) => journal.Add("function");

        [Function("Throw")]
        public Task Throw([HttpTrigger(AuthorizationLevel.Anonymous, Route = "throw")] HttpRequest request) => throw new TimeoutException("too late");

        [Function("ScopeOf")]
        public void ScopeOf([HttpTrigger(AuthorizationLevel.Anonymous, Route = "scoped")] HttpRequest request, FunctionContext context)
        {
            var scoped = services.GetRequiredService<Scoped>();
            journal.Add($"same scope: {ReferenceEquals(scoped, context.InstanceServices.GetRequiredService<Scoped>())}");
        }
    }
}
