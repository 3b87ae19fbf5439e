using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>The JSON schemas of the types that routes name: each record once, the others where they are used.</summary>
internal sealed class ApiSchemas
{
    private static readonly Dictionary<Type, string> Converted = new()
    {
        [typeof(DateTimeOffset)] = """{ "type": "string", "format": "date-time" }""",
        [typeof(TimeOnly)] = """{ "type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$", "examples": ["08:30"] }""",
    };

    private readonly Dictionary<string, (Type Type, JsonObject Schema)> components = new(StringComparer.Ordinal);
    private bool taken;

    public JsonObject Components => new(components.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.Schema.DeepClone())));

    /// <summary>What callers send: unknown properties are refused. Ask for all of these first.</summary>
    public JsonNode ForRequest(Type type) => GetSchema(type, isTaken: true);

    /// <summary>What callers get: every property is there unless it is left out when null.</summary>
    public JsonNode ForResponse(Type type) => GetSchema(type, isTaken: false);

    private JsonNode GetSchema(Type type, bool isTaken)
    {
        taken = isTaken;
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };
        return Json.Options.GetJsonSchemaAsNode(type, options);
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var isNull = type != context.TypeInfo.Type || IsNullable(schema) || (SchemaText(type) is not null && context.PropertyInfo?.IsGetNullable == true);
        if (SchemaText(type) is { } written)
        {
            schema = JsonNode.Parse(written)!;
        }
        else if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema = Component(context.TypeInfo, schema.AsObject());
        }

        var member = context.PropertyInfo?.AttributeProvider;
        return Described(member, Has<RequiredAttribute>(member) ? WithoutNull(schema) : isNull ? WithNull(schema) : schema);
    }

    private JsonObject Component(JsonTypeInfo info, JsonObject schema)
    {
        var name = Name(info.Type);
        if (!components.TryGetValue(name, out var known))
        {
            var component = (JsonObject)schema.DeepClone();
            component["type"] = "object";
            Finish(component, info);
            components.Add(name, known = (info.Type, component));
        }

        return known.Type == info.Type
            ? new JsonObject { ["$ref"] = $"#/components/schemas/{name}" }
            : throw new InvalidOperationException($"{known.Type} and {info.Type} would both be called {name}.");
    }

    private void Finish(JsonObject component, JsonTypeInfo info)
    {
        var always = taken
            ? info.Properties.Where(property => property.IsRequired || Has<RequiredAttribute>(property.AttributeProvider))
            : info.Properties.Where(property => property.Get is not null && !Has<JsonIgnoreAttribute>(property.AttributeProvider));
        component.Remove("required");
        if (always.Select(property => (JsonNode?)property.Name).ToArray() is { Length: > 0 } names)
        {
            component["required"] = new JsonArray(names);
        }

        if (taken)
        {
            component["additionalProperties"] = false;
        }
    }

    private static bool Has<TAttribute>(ICustomAttributeProvider? member) => member?.GetCustomAttributes(typeof(TAttribute), false).Length > 0;

    private static JsonNode Described(ICustomAttributeProvider? member, JsonNode schema)
    {
        if (schema is not JsonObject described || member is null)
        {
            return schema;
        }

        if (member.GetCustomAttributes(typeof(AllowedValuesAttribute), false) is [AllowedValuesAttribute closed])
        {
            var values = closed.Values.Select(value => (JsonNode?)JsonValue.Create(value as string));
            described["enum"] = new JsonArray([.. values, .. IsNullable(described) ? [(JsonNode?)null] : Array.Empty<JsonNode?>()]);
        }

        if (member.GetCustomAttributes(typeof(DescriptionAttribute), false) is [DescriptionAttribute text])
        {
            described["description"] = text.Description;
        }

        return described;
    }

    private static string? SchemaText(Type type) => Converted.GetValueOrDefault(type) ?? type.GetCustomAttribute<SchemaAttribute>()?.Json;

    private static bool IsNullable(JsonNode schema) =>
        schema is JsonObject given && given["type"] is JsonArray types && types.Any(type => type?.GetValue<string>() == "null");

    private static JsonNode WithNull(JsonNode schema) => schema switch
    {
        JsonObject text when text["type"] is JsonValue type => Replaced(text, "type", new JsonArray(type.GetValue<string>(), "null")),
        JsonObject other when other["type"] is null => new JsonObject { ["anyOf"] = new JsonArray(other, new JsonObject { ["type"] = "null" }) },
        _ => schema,
    };

    private static JsonNode WithoutNull(JsonNode schema) =>
        IsNullable(schema) ? Replaced((JsonObject)schema, "type", schema["type"]!.AsArray().First(type => type!.GetValue<string>() != "null")!.DeepClone()) : schema;

    private static JsonObject Replaced(JsonObject schema, string name, JsonNode value)
    {
        schema[name] = value;
        return schema;
    }

    private static string Name(Type type) => string.Concat(Declaring(type).Reverse().Select(part => part.Name.Split('`')[0]))
        + (type.IsGenericType ? "Of" + string.Concat(type.GetGenericArguments().Select(Name)) : "");

    private static IEnumerable<Type> Declaring(Type? type)
    {
        for (; type is not null; type = type.DeclaringType)
        {
            yield return type;
        }
    }
}
