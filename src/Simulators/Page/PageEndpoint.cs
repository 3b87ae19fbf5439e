using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Relais.Simulators;

/// <summary>The page at /: conversations, statuses, counters, answers, faults.</summary>
internal static class PageEndpoint
{
    private static readonly Dictionary<string, string> s_files = new(StringComparer.Ordinal)
    {
        ["/"] = "index.html",
        ["/page.css"] = "page.css",
        ["/page.js"] = "page.js",
    };

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (path, file) in s_files)
        {
            var content = Read(file);
            var type = file.Split('.')[1] switch { "css" => "text/css", "js" => "text/javascript", _ => "text/html" };
            app.MapGet(path, http =>
            {
                http.Response.ContentType = type + "; charset=utf-8";
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
