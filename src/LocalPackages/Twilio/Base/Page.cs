using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Twilio.Exceptions;
using Twilio.Json;
using Twilio.Rest;

namespace Twilio.Base;

public class Page<T> where T : Resource
{
    private readonly JsonElement _envelope;

    private Page(string recordKey, JsonElement envelope, List<T> records)
    {
        RecordKey = recordKey;
        _envelope = envelope;
        Records = records;
        PageSize = Member("page_size") is { ValueKind: JsonValueKind.Number } size ? size.GetInt32() : records.Count;
    }

    public List<T> Records { get; }

    public int PageSize { get; }

    internal string RecordKey { get; }

    public string GetFirstPageUrl(Domain domain) => Link("first_page", domain);

    public string GetNextPageUrl(Domain domain) => Link("next_page", domain);

    public string GetPreviousPageUrl(Domain domain) => Link("previous_page", domain);

    public bool HasNextPage() => !string.IsNullOrEmpty(Text("next_page_url")) || !string.IsNullOrEmpty(Text("next_page_uri"));

    [SuppressMessage("Design", "CA1000", Justification = "As published.")]
    public static Page<T> FromJson(string recordKey, string json)
    {
        try
        {
            var root = JsonSerializer.Deserialize<JsonElement>(json);
            var records = root.GetProperty(recordKey).Deserialize<List<T>>(TwilioJson.Options);
            return new Page<T>(recordKey, root.TryGetProperty("meta", out var meta) ? meta : root, records);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ApiException(e.Message, e);
        }
    }

    private string Link(string name, Domain domain) => Text(name + "_url") ?? $"https://{domain}.twilio.com{Text(name + "_uri")}";

    private string Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private JsonElement? Member(string name) => _envelope.TryGetProperty(name, out var value) ? value : null;
}
