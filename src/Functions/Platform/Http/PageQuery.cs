using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>Selects one keyset page.</summary>
/// <param name="After">Id of the last row of the previous page; null for the first page.</param>
/// <param name="Limit">The highest number of rows.</param>
internal sealed record PageQuery(Guid? After, int Limit)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    public static Result<PageQuery> From(HttpRequest request)
    {
        var faults = new Dictionary<string, string[]>();
        Guid? after = null;
        if (request.Query["after"].LastOrDefault() is { Length: > 0 } cursor)
        {
            after = Guid.TryParse(cursor, out var id) ? id : null;
            if (after is null)
            {
                faults.Add("after", ["must be the cursor from \"next\" of the previous page"]);
            }
        }

        var limit = ReadLimit(request, faults);
        return faults.Count == 0
            ? new PageQuery(after, limit)
            : Failure.InvalidQuery(faults);
    }

    public static int ReadLimit(HttpRequest request, Dictionary<string, string[]> faults)
    {
        if (request.Query["limit"].LastOrDefault() is not { Length: > 0 } text)
        {
            return DefaultLimit;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit)
        {
            return limit;
        }

        faults.Add("limit", [$"must be a whole number from 1 to {MaxLimit}"]);
        return DefaultLimit;
    }
}

/// <summary>Reads ids from routes. A text that is not an id becomes an empty id, which no row has, so the response is 404.</summary>
internal static class RouteId
{
    public static Guid Parse(string text) => Guid.TryParse(text, out var id) ? id : Guid.Empty;
}
