using System.Buffers.Text;
using System.Collections;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>What stands in a queue message: text, or base64 of UTF-8.</summary>
internal static class QueueBody
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <returns>null when the text is not base64.</returns>
    public static byte[]? Decode(string text, bool base64)
    {
        if (!base64)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length + 3)];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    public static string Encode(byte[] body, bool base64) => base64 ? Convert.ToBase64String(body) : Encoding.UTF8.GetString(body);

    /// <summary>The messages that an output value stands for: one, one per element, or none.</summary>
    public static IEnumerable<byte[]> Messages(object value, JsonSerializerOptions json) => value switch
    {
        string or byte[] or BinaryData or JsonElement or IDictionary => [Bytes(value, json)],
        IEnumerable many => many.Cast<object?>().Where(item => item is not null).Select(item => Bytes(item!, json)),
        _ => [Bytes(value, json)],
    };

    private static byte[] Bytes(object value, JsonSerializerOptions json) => value switch
    {
        string text => Encoding.UTF8.GetBytes(text),
        byte[] bytes => bytes,
        BinaryData data => data.ToArray(),
        _ => IndentedJson(JsonSerializer.SerializeToElement(value, value.GetType(), json)),
    };

    /// <summary>The published host writes objects with two spaces and line feeds, and escapes only what it must.</summary>
    private static byte[] IndentedJson(JsonElement element)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            element.WriteTo(writer);
        }

        return buffer.ToArray();
    }
}
