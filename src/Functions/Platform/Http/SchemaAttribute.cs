namespace Relais.Platform.Http;

/// <summary>Declares the JSON schema of a type that has its own JSON converter, for docs/api/openapi.json.</summary>
/// <param name="json">The schema.</param>
/// <param name="expectation">The fault text for an invalid value, such as "must be three digits".</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class SchemaAttribute(string json, string expectation) : Attribute
{
    public string Json { get; } = json;

    public string Expectation { get; } = expectation;
}
