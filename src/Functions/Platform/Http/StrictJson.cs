using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Relais.Platform.Http;

/// <summary>Checks a JSON value against a .NET type before it is deserialized, and reports every fault with its path.</summary>
internal sealed class StrictJson
{
    private readonly FaultList faults = new();

    public static IReadOnlyDictionary<string, string[]> Faults(JsonElement value, Type type)
    {
        var check = new StrictJson();
        check.Check(value, type, "$");
        return check.faults.ToDictionary();
    }

    private void Check(JsonElement value, Type type, string path)
    {
        if (faults.IsFull || !CheckText(value, path))
        {
            return;
        }

        var info = Json.Options.GetTypeInfo(type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object:
                CheckProperties(value, info, path);
                break;
            case JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index().TakeWhile(_ => !faults.IsFull))
                {
                    CheckNotNull(item, info.ElementType!, $"{path}[{index}]");
                }

                break;
            case JsonTypeInfoKind.Dictionary when value.ValueKind == JsonValueKind.Object:
                foreach (var property in Properties(value, path))
                {
                    CheckNotNull(property.Value, info.ElementType!, FaultList.ChildPath(path, property.Name));
                }

                break;
            case JsonTypeInfoKind.None:
                CheckLeaf(value, type, path);
                break;
            default:
                faults.Add(path, info.Kind == JsonTypeInfoKind.Enumerable ? "must be a list" : "must be an object");
                break;
        }
    }

    private void CheckProperties(JsonElement value, JsonTypeInfo info, string path)
    {
        foreach (var property in Properties(value, path))
        {
            var declared = info.Properties.FirstOrDefault(candidate => candidate.Name == property.Name);
            if (declared is null)
            {
                faults.Add(FaultList.ChildPath(path, property.Name), "is not known");
            }
            else if (property.Value.ValueKind != JsonValueKind.Null)
            {
                Check(property.Value, declared.PropertyType, FaultList.ChildPath(path, property.Name));
            }
            else if (!declared.IsSetNullable)
            {
                faults.Add(FaultList.ChildPath(path, property.Name), "must not be null");
            }
        }

        foreach (var missing in info.Properties.Where(property => property.IsRequired && !value.TryGetProperty(property.Name, out _)))
        {
            faults.Add(FaultList.ChildPath(path, missing.Name), "is required");
        }
    }

    private IEnumerable<JsonProperty> Properties(JsonElement value, string path) =>
        value.EnumerateObject().TakeWhile(_ => !faults.IsFull).Where(property => CheckName(property, path));

    private void CheckNotNull(JsonElement value, Type type, string path)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            faults.Add(path, "must not be null");
            return;
        }

        Check(value, type, path);
    }

    private void CheckLeaf(JsonElement value, Type type, string path)
    {
        try
        {
            value.Deserialize(type, Json.Options);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            faults.Add(path, ExpectedForm(Nullable.GetUnderlyingType(type) ?? type));
        }
    }

    // The exception text is not used, because it contains names of .NET types.
    private static string ExpectedForm(Type type) =>
        type == typeof(string) ? "must be a text"
        : type == typeof(int) || type == typeof(long) ? "must be a whole number"
        : type == typeof(decimal) || type == typeof(double) ? "must be a number"
        : type == typeof(bool) ? "must be true or false"
        : type == typeof(Guid) ? "must be an id such as 01890a5d-ac96-774b-bcce-b302099a8057"
        : type == typeof(DateTimeOffset) ? "must be a time with its offset, such as 2026-01-05T09:00:00Z"
        : type == typeof(DateOnly) ? "must be a date such as 2026-01-05"
        : type == typeof(TimeOnly) ? "must be a time of day such as 08:30"
        : type.GetCustomAttribute<SchemaAttribute>()?.Expectation ?? "is not of the right type";

    private bool CheckText(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return true;
        }

        try
        {
            return CheckStorable(value.GetString()!, path);
        }
        catch (InvalidOperationException)
        {
            faults.Add(path, "is not valid Unicode");
            return false;
        }
    }

    private bool CheckName(JsonProperty property, string path)
    {
        try
        {
            return CheckStorable(property.Name, path);
        }
        catch (InvalidOperationException)
        {
            faults.Add(path, "has a property whose name is not valid Unicode");
            return false;
        }
    }

    // PostgreSQL cannot store U+0000 in text.
    private bool CheckStorable(string text, string path)
    {
        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return true;
        }

        faults.Add(path, "must not contain the character U+0000");
        return false;
    }
}
