using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Contacts.Import;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Contacts;

internal sealed class ContactFunctions(ImportContacts import, GetImport getImport, ListContacts list, GetContact get)
{
    [Function(nameof(ImportContacts))]
    [Require(Role.Operator, Scope.Contacts)]
    [Describe(
        "Imports contacts from a CSV file, sent as the body or as the only file of a form, and reports each row.",
        RequestMediaType = "text/csv", AcceptsFileForm = true,
        Response = typeof(ImportContacts.Output),
        Query = ["tag", "dryRun:boolean", "phoneColumn"])]
    public async Task<IResult> Import(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/contacts/import")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var upload = await CsvUpload.FromAsync(request, ct);
        return upload.Failure?.ToHttp() ?? (await import.RunAsync(context.Caller(), upload.Value, ct)).ToHttp();
    }

    [Function(nameof(GetImport))]
    [Require(Role.Viewer, Scope.Contacts)]
    [Describe(
        "Returns the report of an import, in the order of the lines.",
        Response = typeof(GetImport.Output),
        Query = ["outcome=created|updated|duplicate|rejected", "after:integer", "limit"])]
    public async Task<IResult> Report(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/contacts/imports/{id}")] HttpRequest request,
        string id, FunctionContext context, CancellationToken ct)
    {
        var input = ReportQuery(request, id);
        return input.Failure?.ToHttp() ?? (await getImport.RunAsync(context.Tenant(), input.Value, ct)).ToHttp();
    }

    [Function(nameof(ListContacts))]
    [Require(Role.Viewer, Scope.Contacts)]
    [Describe("Lists the contacts, oldest first.", Response = typeof(ListContacts.Output), Query = ["tag", "after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/contacts")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        var tag = request.Query["tag"].LastOrDefault();
        return page.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), tag, page.Value, ct));
    }

    [Function(nameof(GetContact))]
    [Require(Role.Viewer, Scope.Contacts)]
    [Describe("Returns a contact.", Response = typeof(ContactView))]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/contacts/{id}")] HttpRequest request,
        string id, FunctionContext context, CancellationToken ct) =>
        (await get.RunAsync(context.Tenant(), RouteId.Parse(id), ct)).ToHttp();

    private static Result<GetImport.Input> ReportQuery(HttpRequest request, string id)
    {
        var faults = new Dictionary<string, string[]>();
        var limit = PageQuery.ReadLimit(request, faults);
        var after = 0;
        if (request.Query["after"].LastOrDefault() is { Length: > 0 } line
            && !int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            faults.Add("after", ["must be a line number"]);
        }

        var outcome = request.Query["outcome"].LastOrDefault();
        if (outcome is not null && !GetImport.Outcomes.Contains(outcome))
        {
            faults.Add("outcome", [$"must be one of {string.Join(", ", GetImport.Outcomes)}"]);
        }

        return faults.Count == 0
            ? new GetImport.Input(RouteId.Parse(id), after, limit, outcome)
            : Failure.InvalidQuery(faults);
    }
}
