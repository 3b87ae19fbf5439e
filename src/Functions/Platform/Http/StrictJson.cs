using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Relais.Platform.Http;

/// <summary>Compares a JSON value with the type it is to become, and names every fault with its path before anything is converted.</summary>
internal sealed class StrictJson
{
    private const int MostFaults = 50;
    private readonly Dictionary<string, List<string>> faults = [];

    public static IReadOnlyDictionary<string, string[]> Faults(JsonElement value, Type type)
    {
        var check = new StrictJson();
        check.Check(value, type, "$");
        return check.faults.ToDictionary(fault => fault.Key, fault => fault.Value.ToArray());
    }

    private void Check(JsonElement value, Type type, string path)
    {
        if (faults.Count >= MostFaults || !ReadableText(value, path))
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
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    CheckNotNull(item, info.ElementType!, $"{path}[{index}]");
                }

                break;
            case JsonTypeInfoKind.Dictionary when value.ValueKind == JsonValueKind.Object:
                foreach (var property in value.EnumerateObject().Where(property => ReadableName(property, path)))
                {
                    CheckNotNull(property.Value, info.ElementType!, Below(path, property.Name));
                }

                break;
            case JsonTypeInfoKind.None:
                CheckLeaf(value, type, path);
                break;
            default:
                Add(path, info.Kind == JsonTypeInfoKind.Enumerable ? "must be a list" : "must be an object");
                break;
        }
    }

    private void CheckProperties(JsonElement value, JsonTypeInfo info, string path)
    {
        foreach (var property in value.EnumerateObject().Where(property => ReadableName(property, path)))
        {
            var known = info.Properties.FirstOrDefault(candidate => candidate.Name == property.Name);
            if (known is null)
            {
                Add(Below(path, property.Name), "is not known");
            }
            else if (property.Value.ValueKind != JsonValueKind.Null)
            {
                Check(property.Value, known.PropertyType, Below(path, property.Name));
            }
            else if (!known.IsSetNullable)
            {
                Add(Below(path, property.Name), "must not be null");
            }
        }

        foreach (var missing in info.Properties.Where(property => property.IsRequired && !value.TryGetProperty(property.Name, out _)))
        {
            Add(Below(path, missing.Name), "is required");
        }
    }

    private void CheckNotNull(JsonElement value, Type type, string path)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            Add(path, "must not be null");
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
            Add(path, Wanted(Nullable.GetUnderlyingType(type) ?? type) ?? e.Message);
        }
    }

    private static string? Wanted(Type type) =>
        type == typeof(string) ? "must be a text"
        : type == typeof(int) ? "must be a whole number"
        : type == typeof(bool) ? "must be true or false"
        : type == typeof(Guid) ? "must be an id such as 01890a5d-ac96-774b-bcce-b302099a8057"
        : type == typeof(DateTimeOffset) ? "must be a time with its offset, such as 2026-01-05T09:00:00Z"
        : type == typeof(TimeOnly) ? "must be a time of day such as 08:30"
        : null;

    private bool ReadableText(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return true;
        }

        try
        {
            return Storable(value.GetString()!, path);
        }
        catch (InvalidOperationException)
        {
            Add(path, "is not valid Unicode");
            return false;
        }
    }

    private bool ReadableName(JsonProperty property, string path)
    {
        try
        {
            return Storable(property.Name, path);
        }
        catch (InvalidOperationException)
        {
            Add(path, "has a property whose name is not valid Unicode");
            return false;
        }
    }

    private bool Storable(string text, string path)
    {
        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return true;
        }

        Add(path, "must not contain the character U+0000");
        return false;
    }

    private static string Below(string path, string name) => path == "$" ? name : $"{path}.{name}";

    private void Add(string path, string fault)
    {
        if (!faults.TryGetValue(path, out var list))
        {
            faults.Add(path, list = []);
        }

        list.Add(fault);
    }
}
