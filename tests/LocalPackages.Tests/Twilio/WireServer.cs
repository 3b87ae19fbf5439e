using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Twilio.Clients;
using Twilio.Http;

namespace LocalPackages.Tests.Twilio;

/// <summary>A server of one answer, and a Twilio client whose transport leads to it.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WireServer(WebApplication app) => _app = app;

    public List<(string Method, string Target, string Authorization, string Body, IHeaderDictionary Headers)> Seen { get; } = [];

    /// <summary>The product that each request was for: "api", "numbers", "messaging".</summary>
    public List<string> Products { get; } = [];

    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public string BaseUrl => _app.Urls.Single();

    public static async Task<WireServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new WireServer(app) { Answer = answer };
        app.Run(server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    public static Func<HttpContext, Task> Json(int status, string body) => async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(body);
    };

    public TwilioRestClient Client(TimeSpan? timeout = null)
    {
        var http = new System.Net.Http.HttpClient(new Rewrite(new Uri(BaseUrl), Products)) { Timeout = timeout ?? TimeSpan.FromSeconds(30) };
        return new TwilioRestClient("AC1", "token", httpClient: new SystemNetHttpClient(http));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var target = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        lock (Seen)
        {
            Seen.Add((http.Request.Method, target, http.Request.Headers.Authorization.ToString(), body, new HeaderDictionary(http.Request.Headers.ToDictionary())));
        }

        await Answer(http);
    }

    private sealed class Rewrite(Uri target, List<string> products) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var host = request.RequestUri!.GetLeftPart(UriPartial.Authority);
            Assert.Matches(@"^https://[a-z]+\.twilio\.com$", host);
            lock (products)
            {
                products.Add(host["https://".Length..^".twilio.com".Length]);
            }

            request.RequestUri = new Uri(target, request.RequestUri.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
