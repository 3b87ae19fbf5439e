using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Relais.Platform.Http;

namespace Relais.Campaigns;

/// <summary>What a caller may say about a new campaign; <see cref="CampaignValidation"/> says what is wrong with it.</summary>
internal sealed record CampaignRequest
{
    [Required]
    public string? Name { get; init; }
    [Required]
    public Guid? SenderId { get; init; }
    [Required]
    public Audience? Audience { get; init; }
    [Required]
    public MessageContent? Message1 { get; init; }
    public MessageContent? Message2 { get; init; }
    public DateTimeOffset? ScheduledAt { get; init; }
    public TimeOnly? HoursFrom { get; init; }
    public TimeOnly? HoursTo { get; init; }
    public string? TimeZone { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public int? ReplyWindowHours { get; init; }
}

/// <summary>Exactly one of the three is given.</summary>
internal sealed record Audience
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Tags { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Guid>? ContactIds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? ImportId { get; init; }
}

/// <summary>A text with placeholders, or a provider's template with variables.</summary>
internal sealed record MessageContent
{
    public const string Text = "text";
    public const string Template = "template";

    [Required]
    [AllowedValues(Text, Template)]
    public string? Type { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Body { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentSid { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, TemplateVariable>? Variables { get; init; }
}

/// <summary>A contact's field (with an optional |default), or a fixed text.</summary>
[JsonConverter(typeof(Converter))]
[Schema("""
    { "oneOf": [
        { "type": "string", "description": "The name of a field, with an optional |default.", "examples": ["first_name|client"] },
        { "type": "object", "properties": { "value": { "type": "string", "description": "A fixed text." } }, "required": ["value"], "additionalProperties": false } ] }
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
