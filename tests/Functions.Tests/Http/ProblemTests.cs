using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Relais.Platform;
using Relais.Platform.Http;
using Relais.Platform.Secrets;

namespace Functions.Tests.Http;

public sealed class ProblemTests
{
    [Theory]
    [InlineData("Invalid", 400)]
    [InlineData("Unauthorized", 401)]
    [InlineData("Forbidden", 403)]
    [InlineData("NotFound", 404)]
    [InlineData("Conflict", 409)]
    [InlineData("TooLarge", 413)]
    [InlineData("WrongMediaType", 415)]
    [InlineData("Unavailable", 503)]
    public async Task A_failure_is_a_problem_with_its_code(string kind, int status)
    {
        var (response, body) = await ExecuteAsync(new Failure(Enum.Parse<FailureKind>(kind), "some_code", "Some words.").ToHttp());

        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.ContentType));
        Assert.Equal(
            (status, "some_code", "Some words."),
            (body.GetProperty("status").GetInt32(), body.GetProperty("code").GetString(), body.GetProperty("detail").GetString()));
        Assert.Equal("urn:relais:problem:some_code", body.GetProperty("type").GetString());
        Assert.Equal(status == 401, response.Headers.WWWAuthenticate.Count == 1);
    }

    [Fact]
    public async Task Faults_are_listed_by_field()
    {
        var faults = new Dictionary<string, string[]> { ["message1.body"] = ["is required"] };

        var (_, body) = await ExecuteAsync(new Failure(FailureKind.Invalid, "invalid_body", "x", faults).ToHttp());

        Assert.Equal("is required", body.GetProperty("faults").GetProperty("message1.body")[0].GetString());
    }

    private sealed record Selection(Guid? After, int Limit);

    [Fact]
    public async Task A_value_is_json_in_camel_case()
    {
        Result<Selection> result = new Selection(null, 5);

        var (response, body) = await ExecuteAsync(result.ToHttp());

        Assert.Equal(200, response.StatusCode);
        Assert.Equal("""{"after":null,"limit":5}""", body.GetRawText());
    }

    [Fact]
    public async Task A_created_resource_has_a_Location()
    {
        Result<PageQuery> result = new PageQuery(null, 5);

        var (response, _) = await ExecuteAsync(result.ToCreated(page => $"/api/v1/pages/{page.Limit}"));

        Assert.Equal((201, "/api/v1/pages/5"), (response.StatusCode, response.Headers.Location.ToString()));
    }

    [Theory]
    [InlineData("53300", 503)]
    [InlineData("57P01", 503)]
    [InlineData("08006", 503)]
    [InlineData("40P01", 503)]
    [InlineData("23505", 500)]
    [InlineData("42P01", 500)]
    public void An_unavailable_database_is_503(string sqlState, int status) =>
        Assert.Equal(status, ProblemMiddleware.ToProblem(new PostgresException("secret detail", "ERROR", "ERROR", sqlState)).Status);

    [Fact]
    public void An_exception_shows_no_details()
    {
        var problem = ProblemMiddleware.ToProblem(new InvalidOperationException("secret detail"));

        Assert.Equal((500, "internal_error"), (problem.Status, problem.Code));
        Assert.Equal(503, ProblemMiddleware.ToProblem(new NpgsqlException("x", new IOException())).Status);
        Assert.Equal(413, ProblemMiddleware.ToProblem(new BodyTooLargeException(1)).Status);
    }

    [Fact]
    public void An_unreadable_secret_returns_a_problem_with_its_code()
    {
        var problem = ProblemMiddleware.ToProblem(new UnreadableSecretException("secret detail"));

        Assert.Equal((503, "secret_unreadable"), (problem.Status, problem.Code));
    }

    [Fact]
    public void An_exception_wrapped_by_the_worker_is_unwrapped()
    {
        Assert.Equal(
            "secret_unreadable", ProblemMiddleware.ToProblem(new AggregateException(new UnreadableSecretException("secret detail"))).Code);
        Assert.Equal(413, ProblemMiddleware.ToProblem(new AggregateException(new AggregateException(new BodyTooLargeException(1)))).Status);
        Assert.Equal(
            500, ProblemMiddleware.ToProblem(new AggregateException(new BodyTooLargeException(1), new BodyTooLargeException(1))).Status);
        Assert.True(ProblemMiddleware.IsClientGone(new AggregateException(new OperationCanceledException()), isCancelled: true));
        Assert.False(ProblemMiddleware.IsClientGone(new AggregateException(new OperationCanceledException()), isCancelled: false));
    }

    [Fact]
    public void An_unreadable_request_gets_400()
    {
        var badChunk = new IOException("Bad chunk size data.", new OverflowException());

        Assert.Equal(
            (400, "bad_request"), (ProblemMiddleware.ToProblem(badChunk).Status, ProblemMiddleware.ToProblem(badChunk).Code));
        Assert.Equal(408, ProblemMiddleware.ToProblem(new BadHttpRequestException("x", 408)).Status);
        Assert.Equal(500, ProblemMiddleware.ToProblem(new IOException("an error of the app")).Status);
    }

    [Fact]
    public void A_disconnected_client_needs_no_response()
    {
        Assert.True(ProblemMiddleware.IsClientGone(new ConnectionResetException("x"), isCancelled: false));
        Assert.True(ProblemMiddleware.IsClientGone(new OperationCanceledException(), isCancelled: true));
        Assert.False(ProblemMiddleware.IsClientGone(new OperationCanceledException(), isCancelled: false));
        Assert.False(ProblemMiddleware.IsClientGone(new InvalidOperationException(), isCancelled: true));
    }

    private static async Task<(HttpResponse Response, JsonElement Body)> ExecuteAsync(IResult result)
    {
        var services = new Microsoft.Extensions.DependencyInjection.ServiceCollection();
        Microsoft.Extensions.DependencyInjection.LoggingServiceCollectionExtensions.AddLogging(services);
        var context = new DefaultHttpContext
        {
            RequestServices =
                Microsoft.Extensions.DependencyInjection.ServiceCollectionContainerBuilderExtensions.BuildServiceProvider(services),
        };
        context.Response.Body = new MemoryStream();

        await result.ExecuteAsync(context);

        context.Response.Body.Position = 0;
        return (context.Response, (await JsonDocument.ParseAsync(context.Response.Body)).RootElement);
    }
}
