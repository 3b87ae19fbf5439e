using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Microsoft.DurableTask.Engine;

/// <summary>How every payload is written and read: names as declared, numbers for enums, names matched without case.</summary>
internal static partial class Json
{
    public static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public static readonly DataConverter Converter = new Converters.JsonDataConverter(Options);

    private static readonly JsonSerializerOptions ResultOptions = new(Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Results of activities, and only these, come out of the published host without escapes for letters.</summary>
    public static string? WriteResult(object? value) => value is null
        ? null
        : EscapedPair().Replace(
            JsonSerializer.Serialize(value, value.GetType(), ResultOptions), pair => JsonSerializer.Deserialize<string>($"\"{pair.Value}\"")!);

    public static string? Write(object? value) => value is null ? null : JsonSerializer.Serialize(value, value.GetType(), Options);

    public static T Read<T>(string? json) => json is null ? default! : JsonSerializer.Deserialize<T>(json, Options)!;

    public static object? Read(string? json, Type type) => json is null ? null : JsonSerializer.Deserialize(json, type, Options);

    // The encoder has no setting that leaves characters beyond the basic plane alone.
    [GeneratedRegex(@"(?<=(?<!\\)(?:\\\\)*)\\uD[89AB][0-9A-F]{2}\\uD[C-F][0-9A-F]{2}")]
    private static partial Regex EscapedPair();

    public static string HostFailure(string message, string? details) => JsonSerializer.Serialize(new { message, details });
}
