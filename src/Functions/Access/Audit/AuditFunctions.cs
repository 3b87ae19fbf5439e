using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Http;

namespace Relais.Access.Audit;

internal sealed class AuditFunctions(ListAudit list)
{
    [Function(nameof(ListAudit))]
    [Require(Role.Owner)]
    [Describe(
        "Lists the changes in the tenant with their actors, newest first.",
        Response = typeof(ListAudit.Output),
        Query = ["action", "subjectKind", "subjectId", "actor", "after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/audit")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), ReadFilter(request.Query), page.Value, ct));
    }

    private static ListAudit.Filter ReadFilter(IQueryCollection query)
    {
        return new ListAudit.Filter(Value("action"), Value("subjectKind"), Value("subjectId"), Value("actor"));

        string? Value(string name) => query[name].LastOrDefault() is { Length: > 0 } value ? value : null;
    }
}
