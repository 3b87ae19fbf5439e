using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Relais.Campaigns;

/// <summary>A text with placeholders, or a template of the provider with variables.</summary>
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
