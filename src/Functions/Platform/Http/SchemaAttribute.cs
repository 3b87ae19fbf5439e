namespace Relais.Platform.Http;

/// <summary>The JSON schema of a type that a converter of its own reads and writes, for docs/api/openapi.json.</summary>
/// <param name="json">The schema.</param>
/// <param name="wanted">What a value must be, for whoever sent another.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class SchemaAttribute(string json, string wanted) : Attribute
{
    public string Json { get; } = json;

    public string Expectation { get; } = wanted;
}
