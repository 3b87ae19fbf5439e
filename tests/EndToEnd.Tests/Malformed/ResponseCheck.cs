using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests.Malformed;

/// <summary>Decides whether an answer to an invalid request is acceptable.</summary>
internal sealed partial class ResponseCheck
{
    /// <summary>Statuses of 500 and above that the web server returns on purpose, each with its reason.</summary>
    private static readonly Dictionary<int, string> Deliberate = new()
    {
        [505] = "the web server does not speak that version of HTTP",
    };

    /// <summary>
    /// Statuses with which the web server refuses a request without a body: it cannot be read, is too long, or asks for an unsupported
    /// feature.
    /// </summary>
    private static readonly int[] ServerRefusals = [400, 405, 408, 411, 413, 414, 417, 421, 426, 431];

    /// <summary>The problem codes that were returned, with their counts.</summary>
    public ConcurrentDictionary<string, int> Codes { get; } = [];

    public static string NameOf(RawAnswer answer) => answer.Status.ToString(CultureInfo.InvariantCulture);

    public string? FaultOf(MalformedRequest request, RawAnswer answer)
    {
        if (answer.Status >= 500)
        {
            return Deliberate.ContainsKey(answer.Status) && request.IsForServer ? null : "a server error";
        }

        if (answer.Body.Length == 0 && answer.MediaType is null
            && ((request.IsForServer && ServerRefusals.Contains(answer.Status)) || (request.IsElsewhere && answer.Status == 404)))
        {
            return null;
        }

        if (answer.Status < 400)
        {
            return IsHarmless(request) ? null : "it was accepted";
        }

        if (request.IsHead
            || (request.Route.SaysStatusOnly && answer is { Status: 400 or 403 or 413 or 429, Body.Length: 0, MediaType: null }))
        {
            return null;
        }

        return ProblemFault(answer)
            ?? (request.IsElsewhere || request.MaySeemMany || request.Route.Statuses.Contains(answer.Status)
                ? null
                : "a status that the route does not document");
    }

    // A read changes nothing, and neither does a dry run.
    private static bool IsHarmless(MalformedRequest request) =>
        request.Method.Equals("GET", StringComparison.OrdinalIgnoreCase) || request.IsHead || request.Route.CanBeTried
            || request.MaySeemMany;

    private string? ProblemFault(RawAnswer answer)
    {
        if (answer.MediaType != "application/problem+json")
        {
            return "no problem document";
        }

        try
        {
            using var problem = JsonDocument.Parse(answer.Body);
            var code = problem.RootElement.GetProperty("code").GetString()!;
            Codes.AddOrUpdate(code, 1, (_, count) => count + 1);
            return !SnakeCase().IsMatch(code) ? "a code that is not in snake_case"
                : problem.RootElement.GetProperty("status").GetInt32() != answer.Status ? "a problem of another status"
                : problem.RootElement.GetProperty("type").GetString() != $"urn:relais:problem:{code}" ? "a problem of another type"
                : problem.RootElement.GetProperty("title").GetString() is not { Length: > 0 }
                    || problem.RootElement.GetProperty("detail").GetString() is not { Length: > 0 } ? "a problem that says nothing"
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"a problem that cannot be read: {e.Message}";
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();
}
