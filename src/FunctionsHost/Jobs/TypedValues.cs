namespace FunctionsHost;

/// <summary>Values in the form that they have on the stream. Newtonsoft writes them, because the real host writes JSON with it.</summary>
internal static class TypedValues
{
    private static readonly JsonSerializerSettings DatesAsText = new() { DateParseHandling = DateParseHandling.None };

    public static TypedData From(object? value) => value switch
    {
        null => new(),
        string text => new() { String = text },
        byte[] bytes => new() { Bytes = ByteString.CopyFrom(bytes) },
        ParameterBindingData data => new()
        {
            ModelBindingData = new()
            {
                Version = data.Version,
                Source = data.Source,
                ContentType = data.ContentType,
                Content = ByteString.CopyFrom(data.Content.ToMemory().Span),
            },
        },
        _ => new() { Json = JsonConvert.SerializeObject(value, Formatting.None) },
    };

    public static object? ToObject(TypedData? data) => data?.DataCase switch
    {
        TypedData.DataOneofCase.String => data.String,
        TypedData.DataOneofCase.Json => JsonConvert.DeserializeObject(data.Json, DatesAsText),
        TypedData.DataOneofCase.Bytes => data.Bytes.ToByteArray(),
        TypedData.DataOneofCase.Double => data.Double,
        _ => null,
    };

    /// <summary>Adds the members of a JSON object, which the worker binds to parameters of their names, as the real host does.</summary>
    public static void AddMembers(this Dictionary<string, TypedData> metadata, string? text)
    {
        try
        {
            // text that only looks like JSON has no members
            var members = text.AsSpan().Trim() is ['{', .., '}'] ? JsonConvert.DeserializeObject<JObject>(text!, DatesAsText) : null;
            foreach (var (name, value) in members ?? [])
            {
                if (value is JObject or JValue { Type: not JTokenType.Null })
                {
                    metadata[name] = From(value is JObject ? value : (object?)(string?)value);
                }
            }
        }
        catch (JsonException)
        {
            // nor has text that is not JSON
        }
    }

    /// <summary>The messages that an output value becomes on a queue.</summary>
    public static IEnumerable<BinaryData> ToMessages(object? value) => value switch
    {
        null => [],
        byte[] bytes => [BinaryData.FromBytes(bytes)],
        JArray many => many.SelectMany(one => ToMessages(one is JValue single ? single.Value : one)),
        // for an object this is indented JSON, as recorded of the real host
        _ => [BinaryData.FromString(value.ToString()!)],
    };
}
