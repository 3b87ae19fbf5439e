using Microsoft.AspNetCore.Http;

namespace Relais.Platform.Http;

/// <summary>Reads a query parameter that is true or false, in upper or lower case. An absent or empty parameter is false.</summary>
internal static class QueryFlag
{
    public static Result<bool> Parse(HttpRequest request, string name)
    {
        var faults = new Dictionary<string, string[]>();
        var value = Read(request.Query, name, faults);
        return faults.Count == 0 ? value : Failure.InvalidQuery(faults);
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
