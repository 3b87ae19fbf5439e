using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using NSubstitute;
using Relais.Platform.Telemetry;

namespace Functions.Tests.Telemetry;

public sealed class NameTracesTests
{
    [Fact]
    public async Task The_request_activity_and_the_current_activity_are_named()
    {
        using var request = new Activity("GET /api/v1/contacts");
        using var invocation = new Activity("Invoke").Start();
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpActivityFeature>(new RequestActivity { Activity = request });

        await new NameTraces().Invoke(Context(http), _ => Task.CompletedTask);

        Assert.Equal(("ListContacts", "ListContacts"), (request.DisplayName, invocation.DisplayName));
        Assert.Equal("ListContacts", request.GetTagItem("faas.name"));
    }

    [Fact]
    public async Task A_function_without_a_request_names_the_current_activity()
    {
        using var invocation = new Activity("Invoke").Start();

        await new NameTraces().Invoke(Context(null), _ => Task.CompletedTask);

        Assert.Equal("ListContacts", invocation.DisplayName);
    }

    private static FunctionContext Context(HttpContext? http)
    {
        var definition = Substitute.For<FunctionDefinition>();
        definition.Name.Returns("ListContacts");
        var context = Substitute.For<FunctionContext>();
        context.FunctionDefinition.Returns(definition);
        context.Items.Returns(http is null ? [] : new Dictionary<object, object> { ["HttpRequestContext"] = http });
        return context;
    }

    private sealed class RequestActivity : IHttpActivityFeature
    {
        public required Activity Activity { get; set; }
    }
}
