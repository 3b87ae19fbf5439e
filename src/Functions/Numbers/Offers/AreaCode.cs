using System.Text.Json;
using System.Text.Json.Serialization;
using Relais.Accounts;
using Relais.Platform.Http;

namespace Relais.Numbers.Offers;

/// <summary>An area code as pages send it: as the text of an input field, or as a number.</summary>
[JsonConverter(typeof(Converter))]
[Schema(
    """
    {
      "type": ["string", "integer", "null"],
      "description": "Three digits; only for Canada and the United States.",
      "examples": ["418"]
    }
    """,
    RequestFormats.AreaCodeFault)]
internal sealed record AreaCode(string Digits)
{
    private sealed class Converter : JsonConverter<AreaCode>
    {
        public override AreaCode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.String => new AreaCode(reader.GetString()!),
                JsonTokenType.Number when reader.TryGetInt32(out var number) => new AreaCode($"{number}"),
                _ => throw new JsonException(RequestFormats.AreaCodeFault),
            };

        public override void Write(Utf8JsonWriter writer, AreaCode value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Digits);
    }
}
