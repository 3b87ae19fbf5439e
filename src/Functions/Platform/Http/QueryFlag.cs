using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>A query parameter that is true or false, in any case; absent or empty it is false.</summary>
internal static class QueryFlag
{
    public static Result<bool> Parse(HttpRequest request, string name)
    {
        var faults = new Dictionary<string, string[]>();
        var value = Read(request.Query, name, faults);
        return faults.Count == 0 ? value : new Failure(FailureKind.Invalid, "invalid_query", "The query has faults.", faults);
    }

    public static bool Read(IQueryCollection query, string name, Dictionary<string, string[]> faults)
    {
        var text = query[name].LastOrDefault();
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        if (!bool.TryParse(text, out var value))
        {
            faults.Add(name, ["must be true or false"]);
        }

        return value;
    }
}
