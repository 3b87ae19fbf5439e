using System.Text.Json;

namespace Microsoft.DurableTask.Engine;

/// <summary>How every payload is written and read: names as declared, numbers for enums, names matched without case.</summary>
internal static class Json
{
    public static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public static readonly DataConverter Converter = new Converters.JsonDataConverter(Options);

    public static string? Write(object? value) => value is null ? null : JsonSerializer.Serialize(value, value.GetType(), Options);

    public static T Read<T>(string? json) => json is null ? default! : JsonSerializer.Deserialize<T>(json, Options)!;

    public static object? Read(string? json, Type type) => json is null ? null : JsonSerializer.Deserialize(json, type, Options);

    public static string HostFailure(string message, string? details) => JsonSerializer.Serialize(new { message, details });
}
