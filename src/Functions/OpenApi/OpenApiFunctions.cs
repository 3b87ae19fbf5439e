using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.OpenApi;

internal sealed class OpenApiFunctions
{
    private static readonly Lazy<byte[]> Document = new(() =>
        Encoding.UTF8.GetBytes(ApiDocument.Create(typeof(OpenApiFunctions).Assembly)));

    [Function(nameof(DescribeApi))]
    [Public("describes the API", IsLimited = true)]
    [Describe("Returns this OpenAPI document.", ResponseMediaType = "application/openapi+json")]
    public IResult DescribeApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/openapi.json")] HttpRequest request) =>
        Results.Bytes(Document.Value, "application/openapi+json");
}
