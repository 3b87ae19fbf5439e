using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>Keyset paging: rows after the one with this id, at most so many.</summary>
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
                faults.Add("after", ["must be the cursor that the page before gave as \"next\""]);
            }
        }

        var limit = ReadLimit(request, faults);
        return faults.Count == 0
            ? new PageQuery(after, limit)
            : new Failure(FailureKind.Invalid, "invalid_query", "The query has faults.", faults);
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

/// <summary>Route values arrive as text: what is no id finds nothing.</summary>
internal static class RouteId
{
    public static Guid Parse(string text) => Guid.TryParse(text, out var id) ? id : Guid.Empty;
}
