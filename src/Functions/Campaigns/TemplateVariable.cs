using System.Text.Json;
using System.Text.Json.Serialization;
using Relais.Platform.Http;

namespace Relais.Campaigns;

/// <summary>The value of a template variable: the name of a contact field (with an optional |default), or a fixed text.</summary>
[JsonConverter(typeof(Converter))]
[Schema("""
    { "oneOf": [
        { "type": "string", "description": "The name of a field, with an optional |default.", "examples": ["first_name|client"] },
        { "type": "object", "properties": { "value": { "type": "string", "description": "A fixed text." } },
          "required": ["value"], "additionalProperties": false } ] }
    """, TemplateVariable.Form)]
internal sealed record TemplateVariable(string? Field, string? Value)
{
    public const string Form = "must be the name of a field such as \"first_name\", or { \"value\": \"a fixed text\" }";

    private sealed class Converter : JsonConverter<TemplateVariable>
    {
        public override TemplateVariable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                return new TemplateVariable(reader.GetString(), null);
            }

            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement is { ValueKind: JsonValueKind.Object } fixedText
                && fixedText.EnumerateObject().ToArray() is [{ Name: "value", Value.ValueKind: JsonValueKind.String } value]
                && value.Value.GetString()!.Contains('\0', StringComparison.Ordinal) is false
                    ? new TemplateVariable(null, value.Value.GetString())
                    : throw new JsonException(Form);
        }

        public override void Write(Utf8JsonWriter writer, TemplateVariable value, JsonSerializerOptions options)
        {
            if (value.Field is not null)
            {
                writer.WriteStringValue(value.Field);
                return;
            }

            writer.WriteStartObject();
            writer.WriteString("value", value.Value);
            writer.WriteEndObject();
        }
    }
}
