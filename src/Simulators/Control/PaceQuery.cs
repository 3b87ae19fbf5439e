using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Reads limits, as count/seconds, from a query: ?sender=10/1&amp;recipient=5/60&amp;segments=true.</summary>
internal static class PaceQuery
{
    /// <returns>the limits of the query; the usual limits when it has none</returns>
    public static IReadOnlyList<PaceLimit> Read(IQueryCollection query)
    {
        var bySegments = query["segments"] == "true";
        var requested = from scope in Enum.GetValues<PaceScope>()
                        from text in query[scope.ToString()].OfType<string>()
                        let limit = ParseLimit(scope, text)
                        where limit is not null
                        select limit with { BySegments = bySegments };
        return requested.ToList() is { Count: > 0 } limits ? limits : PaceLimit.Usual;
    }

    private static PaceLimit? ParseLimit(PaceScope scope, string text) =>
        text.Split('/') is [var count, var seconds]
        && int.TryParse(count, CultureInfo.InvariantCulture, out var number)
        && double.TryParse(seconds, CultureInfo.InvariantCulture, out var window)
            ? new(scope, number, TimeSpan.FromSeconds(window))
            : null;
}
