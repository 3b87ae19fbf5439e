using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LocalPackages.Tests.Worker;

public sealed class KeyTests
{
    private static readonly Dictionary<string, string?> Both = new() { ["FUNCTIONS_LOCAL_KEY"] = "key", ["FUNCTIONS_LOCAL_MASTER_KEY"] = "master" };

    [Theory]
    [InlineData("open", null, 200)]
    [InlineData("function", null, 401)]
    [InlineData("function", "key", 200)]
    [InlineData("function", "KEY", 401)]
    [InlineData("function", "key ", 200)] // a server trims header values
    [InlineData("function", "keys", 401)]
    [InlineData("function", "master", 200)]
    [InlineData("admin", "key", 401)]
    [InlineData("admin", "master", 200)]
    public async Task A_key_opens_its_level_and_no_other(string route, string? key, int status)
    {
        await using var app = await TestApp.StartAsync([typeof(Doors)], Both);
        using var request = new HttpRequestMessage(HttpMethod.Get, route);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("x-functions-key", key);
        }

        using var answer = await app.Http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 200, app.Journal.Lines.Count == 1);
    }

    [Fact]
    public async Task The_header_counts_before_the_query()
    {
        await using var app = await TestApp.StartAsync([typeof(Doors)], Both);
        using var wrongHeader = new HttpRequestMessage(HttpMethod.Get, "function?code=key") { Headers = { { "x-functions-key", "wrong" } } };

        using var refused = await app.Http.SendAsync(wrongHeader);
        using var byQuery = await app.Http.GetAsync("function?CODE=key");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, byQuery.StatusCode);
    }

    [Fact]
    public async Task Without_any_key_set_none_is_asked_for()
    {
        await using var app = await TestApp.StartAsync([typeof(Doors)]);

        using var admin = await app.Http.GetAsync("admin");

        Assert.Equal(HttpStatusCode.OK, admin.StatusCode);
    }

    [Fact]
    public async Task A_function_key_alone_leaves_the_admin_level_shut()
    {
        await using var app = await TestApp.StartAsync([typeof(Doors)], new() { ["FUNCTIONS_LOCAL_KEY"] = "key" });

        using var admin = await app.Http.GetAsync("admin?code=key");

        Assert.Equal(HttpStatusCode.Unauthorized, admin.StatusCode);
    }

    public sealed class Doors(Journal journal)
    {
        [Function("Open")]
        public IResult Open([HttpTrigger(AuthorizationLevel.Anonymous, Route = "open")] HttpRequest request) => Enter();

        [Function("ByFunctionKey")]
        public IResult Function([HttpTrigger(AuthorizationLevel.Function, Route = "function")] HttpRequest request) => Enter();

        [Function("ByMasterKey")]
        public IResult Admin([HttpTrigger(AuthorizationLevel.Admin, Route = "admin")] HttpRequest request) => Enter();

        private IResult Enter()
        {
            journal.Add("entered");
            return Results.Ok();
        }
    }
}
