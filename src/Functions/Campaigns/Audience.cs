using System.Text.Json.Serialization;

namespace Relais.Campaigns;

/// <summary>The contacts that get the campaign. Exactly one of the three properties is set.</summary>
internal sealed record Audience
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Tags { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Guid>? ContactIds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? ImportId { get; init; }
}
