using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Writes one page of a list in the format of the 2010 API or of the newer Twilio products.</summary>
internal static class Paging
{
    /// <summary>Writes the page that the request asks for in the format of the 2010 API, whose links are relative.</summary>
    /// <param name="key">JSON name of the list</param>
    /// <param name="all">every record of the list in order, with the SID that a page token names</param>
    public static Dictionary<string, object?> LegacyApiPage(HttpRequest request, string key, IReadOnlyList<(string Id, object Body)> all)
    {
        var page = ReadPage(request, all);
        return new Dictionary<string, object?>
        {
            [key] = page.Items,
            ["first_page_uri"] = Link(request, page, 0, ""),
            ["next_page_uri"] = page.Next is null ? null : Link(request, page, page.Number + 1, "PA" + page.Next),
            ["previous_page_uri"] = page.Previous is null ? null : Link(request, page, page.Number - 1, "PB" + page.Previous),
            ["page"] = page.Number,
            ["page_size"] = page.Size,
            ["start"] = page.Start,
            ["end"] = page.Start + Math.Max(0, page.Items.Count - 1),
            ["uri"] = request.Path + request.QueryString,
        };
    }

    /// <summary>Writes the page that the request asks for in the format of the newer products, whose links are absolute.</summary>
    /// <param name="host">host name of the product, for the links to other pages</param>
    /// <param name="key">JSON name of the list</param>
    /// <param name="all">every record of the list in order, with the SID that a page token names</param>
    public static Dictionary<string, object?> NewApiPage(
        HttpRequest request, string host, string key, IReadOnlyList<(string Id, object Body)> all)
    {
        var page = ReadPage(request, all);
        string Url(int number, string token) => $"https://{host}{Link(request, page, number, token)}";
        return new Dictionary<string, object?>
        {
            [key] = page.Items,
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

    private static Page ReadPage(HttpRequest request, IReadOnlyList<(string Id, object Body)> all)
    {
        var size = Math.Clamp(ParseNumber(request.Query["PageSize"], 50), 1, 1000);
        var number = Math.Max(0, ParseNumber(request.Query["Page"], 0));
        var start = FindStart(request.Query["PageToken"].ToString(), number, size, all);
        var items = all.Skip(start).Take(size).ToList();
        return new(number, size, start, [.. items.Select(item => item.Body)],
            start + size < all.Count ? items[^1].Id : null, number > 0 && items.Count > 0 ? items[0].Id : null);
    }

    // A page starts beside the record that its token names, so that records added or removed between two requests do not shift it.
    private static int FindStart(string token, int page, int size, IReadOnlyList<(string Id, object Body)> all)
    {
        var tokenIndex = token.Length > 2 ? Enumerable.Range(0, all.Count).FirstOrDefault(index => all[index].Id == token[2..], -1) : -1;
        return tokenIndex < 0 ? page * size
            : token.StartsWith("PB", StringComparison.Ordinal) ? Math.Max(0, tokenIndex - size)
            : tokenIndex + 1;
    }

    private static string Link(HttpRequest request, Page page, int number, string token)
    {
        var filters = string.Concat(request.Query.Where(pair => pair.Key is not ("Page" or "PageToken" or "PageSize"))
            .Select(pair => $"&{WebUtility.UrlEncode(pair.Key)}={WebUtility.UrlEncode(pair.Value.ToString())}"));
        return $"{request.Path}?PageSize={page.Size}{filters}&Page={number}{(token.Length > 0 ? "&PageToken=" + token : "")}";
    }

    private static int ParseNumber(string? text, int defaultValue) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : defaultValue;

    private sealed record Page(int Number, int Size, int Start, List<object> Items, string? Next, string? Previous);
}
