using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Twilio.Exceptions;

namespace Twilio.Json;

/// <summary>Twilio's JSON: snake_case names, resources with private constructors and setters, unknown members ignored.</summary>
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

    private static void OpenPrivates(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || !typeof(Base.Resource).IsAssignableFrom(type.Type))
        {
            return;
        }

        var constructor = type.Type.GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, []);
        type.CreateObject = () => constructor.Invoke(null);
        foreach (var property in type.Properties)
        {
            var setter = (property.AttributeProvider as PropertyInfo)?.GetSetMethod(nonPublic: true);
            property.Set ??= setter is null ? null : (target, value) => setter.Invoke(target, [value]);
        }
    }
}
