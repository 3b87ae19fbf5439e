using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>
/// Creates the JSON schemas of the request and response types. Each object type becomes a component; other types are written where they
/// are used.
/// </summary>
internal sealed class ApiSchemas
{
    private static readonly Dictionary<Type, string> SchemasOfConvertedTypes = new()
    {
        [typeof(DateTimeOffset)] = """{ "type": "string", "format": "date-time" }""",
        [typeof(TimeOnly)] = """{ "type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$", "examples": ["08:30"] }""",
    };

    private readonly Dictionary<string, (Type Type, JsonObject Schema)> components = new(StringComparer.Ordinal);
    private bool isRequest;

    /// <summary>The schemas of all components created so far, sorted by name.</summary>
    public JsonObject Components => new(components
        .OrderBy(component => component.Key, StringComparer.Ordinal)
        .Select(component => KeyValuePair.Create(component.Key, (JsonNode?)component.Value.Schema.DeepClone())));

    /// <summary>
    /// Creates the schema of a request type, which forbids unknown properties. Call it for all request types before
    /// <see cref="ForResponse"/>, because the first call for a type decides about its component.
    /// </summary>
    public JsonNode ForRequest(Type type) => GetSchema(type, forRequest: true);

    /// <summary>Creates the schema of a response type. All properties are required, except those that are omitted when null.</summary>
    public JsonNode ForResponse(Type type) => GetSchema(type, forRequest: false);

    private JsonNode GetSchema(Type type, bool forRequest)
    {
        isRequest = forRequest;
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };
        return Json.Options.GetJsonSchemaAsNode(type, options);
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var isNullable = type != context.TypeInfo.Type
            || IsNullable(schema)
            || (DeclaredSchema(type) is not null && context.PropertyInfo?.IsGetNullable == true);
        if (DeclaredSchema(type) is { } declared)
        {
            schema = JsonNode.Parse(declared)!;
        }
        else if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema = ReferenceToComponent(context.TypeInfo, schema.AsObject());
        }

        var member = context.PropertyInfo?.AttributeProvider;
        return Describe(member, Has<RequiredAttribute>(member) ? WithoutNull(schema) : isNullable ? WithNull(schema) : schema);
    }

    private JsonObject ReferenceToComponent(JsonTypeInfo info, JsonObject schema)
    {
        var name = ComponentName(info.Type);
        if (!components.TryGetValue(name, out var component))
        {
            var componentSchema = (JsonObject)schema.DeepClone();
            componentSchema["type"] = "object";
            AddObjectRules(componentSchema, info);
            components.Add(name, component = (info.Type, componentSchema));
        }

        return component.Type == info.Type
            ? new JsonObject { ["$ref"] = $"#/components/schemas/{name}" }
            : throw new InvalidOperationException(
                $"The types {component.Type} and {info.Type} would have the same component name {name}. Rename one of them.");
    }

    private void AddObjectRules(JsonObject schema, JsonTypeInfo info)
    {
        var requiredProperties = isRequest
            ? info.Properties.Where(property => property.IsRequired || Has<RequiredAttribute>(property.AttributeProvider))
            : info.Properties.Where(property => property.Get is not null && !Has<JsonIgnoreAttribute>(property.AttributeProvider));
        schema.Remove("required");
        if (requiredProperties.Select(property => (JsonNode?)property.Name).ToArray() is { Length: > 0 } names)
        {
            schema["required"] = new JsonArray(names);
        }

        if (isRequest)
        {
            schema["additionalProperties"] = false;
        }
    }

    private static bool Has<TAttribute>(ICustomAttributeProvider? member) =>
        member?.GetCustomAttributes(typeof(TAttribute), false).Length > 0;

    /// <summary>Adds the allowed values and the description that the attributes of a property declare.</summary>
    private static JsonNode Describe(ICustomAttributeProvider? member, JsonNode schema)
    {
        if (schema is not JsonObject described || member is null)
        {
            return schema;
        }

        if (member.GetCustomAttributes(typeof(AllowedValuesAttribute), false) is [AllowedValuesAttribute allowed])
        {
            var values = allowed.Values.Select(value => (JsonNode?)JsonValue.Create(value as string));
            described["enum"] = new JsonArray([.. values, .. IsNullable(described) ? [(JsonNode?)null] : Array.Empty<JsonNode?>()]);
        }

        if (member.GetCustomAttributes(typeof(DescriptionAttribute), false) is [DescriptionAttribute description])
        {
            described["description"] = description.Description;
        }

        return described;
    }

    /// <summary>The schema text of a type that a JSON converter writes; null if the exporter can create the schema.</summary>
    private static string? DeclaredSchema(Type type) =>
        SchemasOfConvertedTypes.GetValueOrDefault(type) ?? type.GetCustomAttribute<SchemaAttribute>()?.Json;

    private static bool IsNullable(JsonNode schema) =>
        schema is JsonObject objectSchema
        && objectSchema["type"] is JsonArray types
        && types.Any(type => type?.GetValue<string>() == "null");

    private static JsonNode WithNull(JsonNode schema) => schema switch
    {
        JsonObject typed when typed["type"] is JsonValue type => SetType(typed, new JsonArray(type.GetValue<string>(), "null")),
        JsonObject untyped when untyped["type"] is null => new JsonObject
        {
            ["anyOf"] = new JsonArray(untyped, new JsonObject { ["type"] = "null" }),
        },
        _ => schema,
    };

    private static JsonNode WithoutNull(JsonNode schema)
    {
        if (!IsNullable(schema))
        {
            return schema;
        }

        var type = schema["type"]!.AsArray().First(name => name!.GetValue<string>() != "null")!;
        return SetType((JsonObject)schema, type.DeepClone());
    }

    private static JsonObject SetType(JsonObject schema, JsonNode type)
    {
        schema["type"] = type;
        return schema;
    }

    private static string ComponentName(Type type) =>
        string.Concat(WithDeclaringTypes(type).Reverse().Select(part => part.Name.Split('`')[0]))
        + (type.IsGenericType ? "Of" + string.Concat(type.GetGenericArguments().Select(ComponentName)) : "");

    private static IEnumerable<Type> WithDeclaringTypes(Type? type)
    {
        for (; type is not null; type = type.DeclaringType)
        {
            yield return type;
        }
    }
}
