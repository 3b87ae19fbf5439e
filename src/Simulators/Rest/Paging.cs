using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>A page of a list, as the 2010 API and the newer products write it.</summary>
internal static class Paging
{
    public static Dictionary<string, object?> LegacyApiPage(HttpRequest request, string key, IReadOnlyList<(string Id, object Body)> all)
    {
        var page = Cut(request, all);
        return new Dictionary<string, object?>
        {
            [key] = page.Shown,
            ["first_page_uri"] = Link(request, page, 0, ""),
            ["next_page_uri"] = page.Next is null ? null : Link(request, page, page.Number + 1, "PA" + page.Next),
            ["previous_page_uri"] = page.Previous is null ? null : Link(request, page, page.Number - 1, "PB" + page.Previous),
            ["page"] = page.Number,
            ["page_size"] = page.Size,
            ["start"] = page.Start,
            ["end"] = page.Start + Math.Max(0, page.Shown.Count - 1),
            ["uri"] = request.Path + request.QueryString,
        };
    }

    /// <param name="host">of the product: further pages have absolute addresses</param>
    public static Dictionary<string, object?> NewApiPage(HttpRequest request, string host, string key, IReadOnlyList<(string Id, object Body)> all)
    {
        var page = Cut(request, all);
        string Url(int number, string token) => $"https://{host}{Link(request, page, number, token)}";
        return new Dictionary<string, object?>
        {
            [key] = page.Shown,
            ["meta"] = new Dictionary<string, object?>
            {
                ["page"] = page.Number,
                ["page_size"] = page.Size,
                ["first_page_url"] = Url(0, ""),
                ["previous_page_url"] = page.Previous is null ? null : Url(page.Number - 1, "PB" + page.Previous),
                ["url"] = $"https://{host}{request.Path}{request.QueryString}",
                ["next_page_url"] = page.Next is null ? null : Url(page.Number + 1, "PA" + page.Next),
                ["key"] = key,
            },
        };
    }

    private static Cutting Cut(HttpRequest request, IReadOnlyList<(string Id, object Body)> all)
    {
        var size = Math.Clamp(Number(request.Query["PageSize"], 50), 1, 1000);
        var number = Math.Max(0, Number(request.Query["Page"], 0));
        var start = Start(request.Query["PageToken"].ToString(), number, size, all);
        var shown = all.Skip(start).Take(size).ToList();
        return new(number, size, start, [.. shown.Select(item => item.Body)],
            start + size < all.Count ? shown[^1].Id : null, number > 0 && shown.Count > 0 ? shown[0].Id : null);
    }

    // after the record that the token names, so that what is added or taken away in between shifts nothing
    private static int Start(string token, int page, int size, IReadOnlyList<(string Id, object Body)> all)
    {
        var named = token.Length > 2 ? Enumerable.Range(0, all.Count).FirstOrDefault(at => all[at].Id == token[2..], -1) : -1;
        return named < 0 ? page * size : token.StartsWith("PB", StringComparison.Ordinal) ? Math.Max(0, named - size) : named + 1;
    }

    private static string Link(HttpRequest request, Cutting page, int number, string token)
    {
        var filters = string.Concat(request.Query.Where(pair => pair.Key is not ("Page" or "PageToken" or "PageSize"))
            .Select(pair => $"&{WebUtility.UrlEncode(pair.Key)}={WebUtility.UrlEncode(pair.Value.ToString())}"));
        return $"{request.Path}?PageSize={page.Size}{filters}&Page={number}{(token.Length > 0 ? "&PageToken=" + token : "")}";
    }

    private static int Number(string? text, int absent) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : absent;

    private sealed record Cutting(int Number, int Size, int Start, List<object> Shown, string? Next, string? Previous);
}
