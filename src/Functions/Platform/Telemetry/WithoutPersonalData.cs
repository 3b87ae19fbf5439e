using System.Diagnostics;
using OpenTelemetry;

namespace Relais.Platform.Telemetry;

/// <summary>
/// Numbers, ids of accounts and search terms travel in query strings and in the provider's paths: neither leaves with a trace.
/// What an exception says may quote them as well, so its text is left out; its type stays.
/// </summary>
internal sealed class WithoutPersonalData : BaseProcessor<Activity>
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
                data.SetTag(tag, WithoutQuery(address));
            }
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

    private static string WithoutQuery(string address) => address.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? address[..at] : address;
}
