namespace Relais.Platform.Http;

/// <summary>The JSON schema of a type that a converter of its own reads and writes, for docs/api/openapi.json.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class SchemaAttribute(string json) : Attribute
{
    public string Json { get; } = json;
}
