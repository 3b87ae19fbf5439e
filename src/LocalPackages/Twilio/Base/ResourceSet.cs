using System.Collections;
using Twilio.Clients;
using Twilio.Http;

namespace Twilio.Base;

/// <summary>Records over all pages. Further pages are fetched synchronously while it is enumerated.</summary>
public class ResourceSet<T> : IEnumerable<T> where T : Resource
{
    private readonly ITwilioRestClient _client;
    private readonly ReadOptions<T> _options;
    private readonly long _pageLimit;
    private readonly Page<T> _first;

    public ResourceSet(Page<T> page, ReadOptions<T> options, ITwilioRestClient client)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(options);
        _first = page;
        _options = options;
        _client = client;
        _pageLimit = options.Limit is { } limit && page.PageSize > 0 ? (limit + page.PageSize - 1) / page.PageSize : long.MaxValue;
        AutoPaging = true;
    }

    public bool AutoPaging { get; set; }

    public IEnumerator<T> GetEnumerator()
    {
        var processed = 0L;
        var page = _first;
        for (var pages = 1L; ; pages++)
        {
            foreach (var record in page.Records)
            {
                // as published: one record more than the limit where the page holds it
                if (processed++ > _options.Limit)
                {
                    yield break;
                }

                yield return record;
            }

            if (!AutoPaging || !page.HasNextPage() || pages >= _pageLimit)
            {
                yield break;
            }

            page = Next(page);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Page<T> Next(Page<T> page)
    {
        var response = _client.Request(new Request(HttpMethod.Get, page.GetNextPageUrl(Rest.Domain.Api)));
        return Page<T>.FromJson(page.RecordKey, response.Content);
    }
}
