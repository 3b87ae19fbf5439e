using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Twilio.Exceptions;

namespace Twilio.Json;

/// <summary>Twilio's JSON: snake_case names, resources and models with private constructors and setters, unknown members ignored.</summary>
internal static class TwilioJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        PropertyNameCaseInsensitive = true,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { OpenPrivates } },
        Converters =
        {
            new StringEnumConverter(), new PhoneNumberConverter(), new HttpMethodConverter(),
            new UriConverter(), new TextConverter(), new TimeConverter(),
        },
    };

    private static readonly JsonSerializerOptions s_writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameOwn } },
        Converters = { new StringEnumConverter(), new UriConverter() },
    };

    public static T Read<T>(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options);
        }
        catch (JsonException e)
        {
            throw new ApiException(e.Message, e);
        }
    }

    /// <summary>A request body: the library's models without what was not set, anything else as its own type says.</summary>
    public static string Write(object model) => JsonSerializer.Serialize(model, s_writing);

    private static void OpenPrivates(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.Assembly != typeof(TwilioJson).Assembly)
        {
            return;
        }

        if (type.Type.GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, []) is not { } constructor)
        {
            return;
        }

        type.CreateObject = () => constructor.Invoke(null);
        foreach (var property in type.Properties)
        {
            var setter = (property.AttributeProvider as PropertyInfo)?.GetSetMethod(nonPublic: true);
            property.Set ??= setter is null ? null : (target, value) => setter.Invoke(target, [value]);
        }
    }

    private static void NameOwn(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.Assembly != typeof(TwilioJson).Assembly)
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            property.Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            property.ShouldSerialize = (_, value) => value is not null;
        }
    }
}
