using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Relais.Simulators;

/// <summary>Limits in a query: ?sender=10/1&amp;recipient=5/60&amp;whatsAppRecipient=1/6, each as count/seconds, with &amp;segments=true.</summary>
internal static class PaceQuery
{
    public static IReadOnlyList<PaceLimit> Read(IQueryCollection query)
    {
        var bySegments = query["segments"] == "true";
        var asked = from scope in Enum.GetValues<PaceScope>()
                    from text in query[scope.ToString()].OfType<string>()
                    let limit = Limit(scope, text)
                    where limit is not null
                    select limit with { BySegments = bySegments };
        return asked.ToList() is { Count: > 0 } limits ? limits : PaceLimit.Usual;
    }

    private static PaceLimit? Limit(PaceScope scope, string text) =>
        text.Split('/') is [var count, var seconds]
        && int.TryParse(count, CultureInfo.InvariantCulture, out var most)
        && double.TryParse(seconds, CultureInfo.InvariantCulture, out var window)
            ? new(scope, most, TimeSpan.FromSeconds(window))
            : null;
}
