using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Http;

namespace Relais.Access.Audit;

internal sealed class AuditFunctions(ListAudit list)
{
    [Function(nameof(ListAudit))]
    [Require(Role.Owner)]
    [Describe("Who changed what and when, newest first.", Response = typeof(ListAudit.Output), Query = ["action", "subjectKind", "subjectId", "actor", "after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/audit")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpAnswers.Ok(await list.RunAsync(context.Tenant(), ReadFilter(request.Query), page.Value, ct));
    }

    private static ListAudit.Filter ReadFilter(IQueryCollection query)
    {
        return new ListAudit.Filter(One("action"), One("subjectKind"), One("subjectId"), One("actor"));

        string? One(string name) => query[name].LastOrDefault() is { Length: > 0 } value ? value : null;
    }
}
