using System.Diagnostics;
using System.Text.RegularExpressions;
using OpenTelemetry;

namespace Relais.Platform.Telemetry;

/// <summary>
/// Numbers, ids of accounts and search terms travel in query strings and in paths: neither leaves with a trace. A request to the app
/// keeps the template of its route, a call of the app the fixed words of its path.
/// What an exception says may quote them as well, so its text is left out; its type stays.
/// </summary>
internal sealed partial class WithoutPersonalData : BaseProcessor<Activity>
{
    private static readonly string[] Queries = ["url.query", "http.target", "http.request.header.authorization", "otel.status_description"];
    private static readonly string[] Addresses = ["url.full", "http.url"];

    public override void OnEnd(Activity data)
    {
        // the platform asks its queues again and again: calls that nobody's work caused
        if (data.Source.Name == "System.Net.Http" && data.ParentSpanId == default)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        foreach (var tag in Queries)
        {
            data.SetTag(tag, null);
        }

        foreach (var tag in Addresses)
        {
            if (data.GetTagItem(tag) is string address)
            {
                data.SetTag(tag, WithoutValues(address));
            }
        }

        if (data.GetTagItem("url.path") is not null)
        {
            data.SetTag("url.path", data.GetTagItem("http.route"));
        }

        if (data.Status == ActivityStatusCode.Error && data.StatusDescription is not null)
        {
            data.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>An exception is noted by its type: its text may quote a value.</summary>
    public static ActivityListener ExceptionsByType(string[] sources) => new()
    {
        ShouldListenTo = source => sources.Contains(source.Name),
        // what the recorder sets is not set again
        ExceptionRecorder = (Activity _, Exception _, ref TagList tags) =>
        {
            tags.Add("exception.message", "");
            tags.Add("exception.stacktrace", "");
        },
    };

    private static string WithoutValues(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri)
        ? $"{uri.Scheme}://{uri.Authority}" +
            string.Join('/', uri.AbsolutePath.Split('/').Select(part => Fixed().IsMatch(part) ? part : "*"))
        : "*";

    // words, and the versions of the providers' APIs
    [GeneratedRegex(@"^(?:[A-Za-z._-]{0,40}|v[0-9]{1,2}|20[0-9]{2}-[0-9]{2}-[0-9]{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Fixed();
}
