using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>Selects one page of a list that is ordered by id.</summary>
/// <param name="Cursor">Id of the last row of the previous page; null for the first page.</param>
/// <param name="Limit">The highest number of rows.</param>
internal sealed record PageQuery(Guid? Cursor, int Limit)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    /// <summary>In ascending order, the page has ids above this one.</summary>
    public Guid After => Cursor ?? Guid.Empty;

    /// <summary>In descending order, the page has ids below this one.</summary>
    public Guid Before => Cursor ?? Guid.AllBitsSet;

    public static Result<PageQuery> From(HttpRequest request)
    {
        var faults = new Dictionary<string, string[]>();
        Guid? cursor = null;
        if (request.Query["after"].LastOrDefault() is { Length: > 0 } after)
        {
            cursor = Guid.TryParse(after, out var id) ? id : null;
            if (cursor is null)
            {
                faults.Add("after", ["must be the cursor from \"next\" of the previous page"]);
            }
        }

        var limit = ReadLimit(request, faults);
        return faults.Count == 0
            ? new PageQuery(cursor, limit)
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
