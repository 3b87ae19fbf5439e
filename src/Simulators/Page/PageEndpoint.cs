using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>Serves the web page of the simulator at /, with its style sheet and script.</summary>
internal static class PageEndpoint
{
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["/"] = "index.html",
        ["/page.css"] = "page.css",
        ["/page.js"] = "page.js",
    };

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (path, file) in Files)
        {
            var content = Read(file);
            var contentType = file.Split('.')[1] switch { "css" => "text/css", "js" => "text/javascript", _ => "text/html" };
            app.MapGet(path, http =>
            {
                http.Response.ContentType = contentType + "; charset=utf-8";
                http.Response.Headers.CacheControl = "no-cache";
                return http.Response.Body.WriteAsync(content, http.RequestAborted).AsTask();
            });
        }
    }

    private static byte[] Read(string file)
    {
        using var stream = typeof(PageEndpoint).Assembly.GetManifestResourceStream(file)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
