using Google.Protobuf;
using Microsoft.Azure.WebJobs;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace FunctionsHost;

/// <summary>Values in the form that they have on the stream. Newtonsoft writes them, because the real host writes JSON with it.</summary>
internal static class TypedValues
{
    private static readonly JsonSerializerSettings DatesAsText = new() { DateParseHandling = DateParseHandling.None };

    public static TypedData From(object? value) => value switch
    {
        null => new TypedData(),
        string text => new TypedData { String = text },
        byte[] bytes => new TypedData { Bytes = ByteString.CopyFrom(bytes) },
        double number => new TypedData { Double = number },
        ParameterBindingData data => new TypedData
        {
            ModelBindingData = new ModelBindingData
            {
                Version = data.Version,
                Source = data.Source,
                ContentType = data.ContentType,
                Content = ByteString.CopyFrom(data.Content.ToArray()),
            },
        },
        _ => new TypedData { Json = JsonConvert.SerializeObject(value, Formatting.None) },
    };

    public static object? ToObject(TypedData? data) => data?.DataCase switch
    {
        TypedData.DataOneofCase.String => data.String,
        TypedData.DataOneofCase.Json => JsonConvert.DeserializeObject(data.Json, DatesAsText),
        TypedData.DataOneofCase.Bytes => data.Bytes.ToByteArray(),
        TypedData.DataOneofCase.Stream => data.Stream.ToByteArray(),
        TypedData.DataOneofCase.Int => data.Int,
        TypedData.DataOneofCase.Double => data.Double,
        _ => null,
    };

    /// <summary>The messages that an output value becomes on a queue.</summary>
    public static IEnumerable<BinaryData> ToMessages(object? value) => value switch
    {
        null => [],
        byte[] bytes => [BinaryData.FromBytes(bytes)],
        JArray many => many.SelectMany(one => one is JValue { Type: JTokenType.Null } ? [] : ToMessages(one is JValue single ? single.Value : one)),
        // for an object this is indented JSON, as recorded of the real host
        _ => [BinaryData.FromString(value.ToString()!)],
    };
}
